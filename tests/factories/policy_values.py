"""Makes values for tests of policy: a world in which one platform may see another's object, to be varied by keyword.

Each function takes the differences from that world only. ``viewer()`` may see ``handling_class()`` for ``DETECTION`` by
``REST`` at ``NOW``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.agreement import Agreement, CrossBorderTerms, ReadTerms, WriteTerms
from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.domain.handling import Audience, DefaultHandling, Handling, HandlingClass, Publisher
from app.domain.partner import Credential, Partner, Person, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    MemberRole,
    OnwardShare,
    PartnerState,
    PermittedUse,
    Profile,
    Purpose,
    Review,
    Role,
    Sensitivity,
    StaffRole,
    SubjectStatus,
    Tlp,
    TransferBasis,
)
from app.policy.visibility import Viewer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

PUBLISHER_ID = "partner-platform-a"
VIEWER_ID = "partner-platform-b"


def read_terms(**differences: Any) -> ReadTerms:
    terms = ReadTerms(
        publisher_roles=frozenset({ANY}),
        publisher_jurisdictions=frozenset({ANY}),
        purposes=frozenset({Purpose.DETECTION, Purpose.INVESTIGATION}),
        tlp_ceiling=Tlp.RED,
        sensitivities=frozenset(Sensitivity),
        harm_types=frozenset({Harm.LIVE_STREAMED_CSA, Harm.SOLICITATION_OF_CHILDREN}),
        channels=frozenset(Channel),
        cross_border=CrossBorderTerms(frozenset({ANY}), frozenset(Sensitivity), TransferBasis.ADEQUACY),
    )
    return replace(terms, **differences)


def write_terms(**differences: Any) -> WriteTerms:
    terms = WriteTerms(
        profiles=frozenset({Profile.OCSEA}),
        assurances=frozenset({Assurance.PUBLISHER_SIGNED}),
        sensitivities=frozenset({Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL}),
        harm_types=frozenset({Harm.LIVE_STREAMED_CSA, Harm.SOLICITATION_OF_CHILDREN}),
    )
    return replace(terms, **differences)


def default_handling(**differences: Any) -> DefaultHandling:
    default = DefaultHandling(
        tlp=Tlp.AMBER,
        sensitivity=Sensitivity.BEHAVIOURAL,
        harm_types=frozenset({Harm.LIVE_STREAMED_CSA}),
        audience_id=None,
        purposes=frozenset({Purpose.DETECTION, Purpose.INVESTIGATION}),
        permitted_uses=frozenset({PermittedUse.DETECT, PermittedUse.NO_AUTOMATED_ENFORCEMENT}),
        onward_share=OnwardShare.SAME_ORGANISATION,
    )
    return replace(default, **differences)


def agreement(**differences: Any) -> Agreement:
    """Give version 3 of the viewer's agreement, which began a day before ``NOW`` and is open-ended."""
    made = Agreement(
        partner_id=VIEWER_ID,
        version=3,
        starts_at=NOW - DAY,
        ends_at=None,
        read=read_terms(),
        write=write_terms(),
        default_handling=default_handling(),
        created_at=NOW - 2 * DAY,
        created_by="person-operator-a",
    )
    return replace(made, **differences)


def viewer(**differences: Any) -> Viewer:
    made = Viewer(
        partner_id=VIEWER_ID,
        role=Role.PLATFORM,
        jurisdiction="GB",
        state=PartnerState.ACTIVE,
        agreement=agreement(partner_id=differences.get("partner_id", VIEWER_ID)),
        tlp_ceiling=Tlp.RED,
    )
    return replace(made, **differences)


def publisher(**differences: Any) -> Publisher:
    return replace(Publisher(partner_id=PUBLISHER_ID, role=Role.PLATFORM, jurisdiction="IE"), **differences)


def audience(**differences: Any) -> Audience:
    """Give an audience of every role and jurisdiction; ``empty_audience`` starts from nobody."""
    return replace(empty_audience(), **({"roles": frozenset({ANY}), "jurisdictions": frozenset({ANY})} | differences))


def empty_audience(**differences: Any) -> Audience:
    return replace(Audience(audience_id="audience-1", owner_id=PUBLISHER_ID), **differences)


def handling(**differences: Any) -> Handling:
    made = Handling(
        publisher=publisher(),
        assurance=Assurance.PUBLISHER_SIGNED,
        tlp=Tlp.AMBER,
        sensitivity=Sensitivity.BEHAVIOURAL,
        harm_types=frozenset({Harm.LIVE_STREAMED_CSA}),
        audiences=frozenset({audience()}),
        purposes=frozenset({Purpose.DETECTION, Purpose.INVESTIGATION}),
        permitted_uses=frozenset({PermittedUse.DETECT, PermittedUse.NO_AUTOMATED_ENFORCEMENT}),
        onward_share=OnwardShare.SAME_ORGANISATION,
        subject_status=SubjectStatus.UNKNOWN,
        review=Review.UNREVIEWED,
    )
    return replace(made, **differences)


def handling_class(*handlings: Handling, owner_id: str | None = None) -> HandlingClass:
    """Give a class of these handlings (one of ``handling()`` without any), owned by the first one's publisher unless given."""
    stated = handlings or (handling(),)
    return HandlingClass(owner_id or stated[0].publisher.partner_id, frozenset(stated))


def partner(**differences: Any) -> Partner:
    made = Partner(
        partner_id=VIEWER_ID,
        name="Platform B",
        role=Role.PLATFORM,
        jurisdiction="GB",
        identity_id="identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10",
        state=PartnerState.ACTIVE,
        enrolled_at=NOW - 2 * DAY,
    )
    return replace(made, **differences)


def credential(**differences: Any) -> Credential:
    """Give a credential with every scope there is, so that a test of scopes sees what the rule itself refuses."""
    made = Credential(
        credential_id="credential-1",
        name="feed reader",
        partner_id=VIEWER_ID,
        person_id=None,
        account_id="account-1",
        scopes=frozenset(Permission),
        purpose=None,
        tlp_ceiling=Tlp.RED,
        created_at=NOW - DAY,
        expires_at=NOW + DAY,
    )
    return replace(made, **differences)


def partner_principal(**differences: Any) -> Principal:
    """Give a partner's service account; ``state`` varies the partner, everything else its credential."""
    state = differences.pop("state", PartnerState.ACTIVE)
    return Principal(credential=credential(**differences), partner=partner(state=state), person=None)


def member_principal(*roles: MemberRole, **differences: Any) -> Principal:
    """Give a person of the viewer, in these roles."""
    person = Person(person_id="person-analyst-a", name="Analyst A", partner_id=VIEWER_ID, member_roles=frozenset(roles))
    held = credential(person_id=person.person_id, account_id=None, **differences)
    return Principal(credential=held, partner=partner(), person=person)


def staff_principal(*roles: StaffRole, **differences: Any) -> Principal:
    person = Person(person_id="person-operator-a", name="Operator A", partner_id=None, staff_roles=frozenset(roles))
    held = credential(partner_id=None, person_id=person.person_id, account_id=None, **differences)
    return Principal(credential=held, partner=None, person=person)


def approval(**differences: Any) -> Approval:
    """Give an open proposal of Operator A, made at ``NOW``, about the viewer."""
    made = Approval(
        approval_id="00000000-0000-4000-8000-00000000000a",
        kind=ApprovalKind.PARTNER_REACTIVATION,
        subject=VIEWER_ID,
        partner_id=VIEWER_ID,
        document='{"partner":"partner-platform-b","state":"active","type":"partner-reactivation"}',
        reason="It was looked into.",
        state=ApprovalState.PROPOSED,
        proposed_by="person-operator-a",
        proposed_at=NOW,
        expires_at=NOW + 7 * DAY,
    )
    return replace(made, **differences)
