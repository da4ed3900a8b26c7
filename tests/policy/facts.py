"""A question of the policy as a flat list of facts, each with its few interesting values.

By default everything is agreed and admitted, and a platform reads another's object. ``every_combination`` lets a few facts at
a time take each of their values: so clauses that need two things at once (a role and a subject, say) are met by rule, not by
chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import combinations, product
from typing import Any

from app.domain.agreement import Agreement, CrossBorderTerms, RecallTerms
from app.domain.handling import GroupShare, Handling, HandlingClass, posting_audience
from app.domain.vocabulary import (
    ANY,
    Channel,
    Harm,
    OverdueRecall,
    PartnerState,
    Purpose,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    TransferBasis,
)
from app.policy.viewer import Viewer
from tests.factories.policy_values import (
    DAY,
    NOW,
    PUBLISHER_ID,
    SECOND,
    VIEWER_ID,
    agreement,
    audience,
    empty_audience,
    handling,
    publisher,
    read_terms,
)

NONE: frozenset[Any] = frozenset()
SHARE, LATER = GroupShare("group-a", 2), GroupShare("group-a", 1)
AUDIENCES = {
    "everybody": frozenset({audience()}),
    "none": NONE,
    "nobody": frozenset({empty_audience()}),
    "named": frozenset({empty_audience(partners_in=frozenset({VIEWER_ID}))}),
    "named beside everybody": frozenset({audience(partners_in=frozenset({VIEWER_ID}))}),
    "kept out": frozenset({audience(partners_in=frozenset({VIEWER_ID}), partners_out=frozenset({VIEWER_ID}))}),
    "role": frozenset({audience(roles=frozenset({Role.HOTLINE}))}),
    "jurisdiction": frozenset({audience(jurisdictions=frozenset({"IE"}))}),
    "role without jurisdiction": frozenset({audience(jurisdictions=NONE)}),
    "group": frozenset({audience(), posting_audience(PUBLISHER_ID, frozenset({SHARE}))}),
    "one of two": frozenset({audience(), empty_audience(audience_id="audience-2")}),
}
FURTHER: dict[str, Handling | None] = {
    "none": None,
    "another's": handling(publisher=publisher(partner_id="partner-hotline-a", role=Role.HOTLINE)),
    "another's for nobody": handling(publisher=publisher(partner_id="partner-hotline-a"), audiences=NONE),
    "another's identifying": handling(publisher=publisher(partner_id="partner-hotline-a"), sensitivity=Sensitivity.IDENTIFYING),
    "reader's own": handling(publisher=publisher(partner_id=VIEWER_ID), audiences=NONE, tlp=Tlp.GREEN),
    "reader's own RED": handling(publisher=publisher(partner_id=VIEWER_ID), tlp=Tlp.RED),
}
VALUES: dict[str, tuple[Any, ...]] = {
    "role": tuple(Role),
    "jurisdiction": ("GB", "IE", "DE"),
    "state": tuple(PartnerState),
    "ceiling": tuple(Tlp),
    "recall_overdue": (False, True),
    "overdue": tuple(OverdueRecall),
    "groups": (0, None, 2, 3),
    "agreement_of": (VIEWER_ID, None, PUBLISHER_ID),
    "starts_at": (NOW - DAY, NOW, NOW + SECOND),
    "ends_at": (None, NOW, NOW + SECOND),
    "is_suspended": (False, True),
    "publisher_roles": (frozenset({ANY}), NONE, frozenset({Role.PLATFORM}), frozenset({Role.HOTLINE})),
    "publisher_jurisdictions": (frozenset({ANY}), NONE, frozenset({"IE"}), frozenset({"GB"})),
    "abroad": (frozenset({ANY}), NONE, frozenset({"IE"}), frozenset({"GB"})),
    "abroad_sensitivities": (frozenset(Sensitivity), NONE, frozenset({Sensitivity.AGGREGATE})),
    "agreed_purposes": (frozenset(Purpose), NONE, frozenset({Purpose.AUDIT})),
    "agreed_ceiling": tuple(Tlp),
    "agreed_sensitivities": (frozenset(Sensitivity), NONE, frozenset({Sensitivity.AGGREGATE})),
    "agreed_harm_types": (frozenset(Harm), NONE, frozenset({Harm.CSAM})),
    "agreed_channels": (frozenset(Channel), NONE, frozenset({Channel.PORTAL})),
    "purpose": (Purpose.DETECTION, Purpose.AUDIT),
    "channel": tuple(Channel),
    "owner_id": (PUBLISHER_ID, VIEWER_ID, "partner-ngo-a"),
    "publisher_id": (PUBLISHER_ID, VIEWER_ID),
    "publisher_role": (Role.PLATFORM, Role.HOTLINE),
    "publisher_jurisdiction": ("IE", "GB"),
    "tlp": tuple(Tlp),
    "sensitivity": tuple(Sensitivity),
    "subject_status": tuple(SubjectStatus),
    "harm_types": (frozenset({Harm.LIVE_STREAMED_CSA}), NONE, frozenset({Harm.CSAM, Harm.LIVE_STREAMED_CSA})),
    "audiences": tuple(AUDIENCES),
    "purposes": (frozenset(Purpose), NONE, frozenset({Purpose.AUDIT})),
    "further": tuple(FURTHER),
    "in_exchange": (True, False),
    "shared_with": (NONE, frozenset({SHARE}), frozenset({LATER, GroupShare("group-b", 9)})),
    "addressed_to": (None, NONE, frozenset({VIEWER_ID}), frozenset({PUBLISHER_ID})),
}
"""The values of each fact; what is usual stands first, but for those of ``USUAL``."""

USUAL: dict[str, Any] = {
    "role": Role.PLATFORM,
    "state": PartnerState.ACTIVE,
    "ceiling": Tlp.RED,
    "agreed_ceiling": Tlp.RED,
    "channel": Channel.REST,
    "tlp": Tlp.AMBER,
    "sensitivity": Sensitivity.BEHAVIOURAL,
    "subject_status": SubjectStatus.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """One question; the names are those of ``VALUES``."""

    role: Role
    jurisdiction: str
    state: PartnerState
    ceiling: Tlp
    recall_overdue: bool
    overdue: OverdueRecall
    groups: int | None
    agreement_of: str | None
    starts_at: datetime
    ends_at: datetime | None
    is_suspended: bool
    publisher_roles: frozenset[str]
    publisher_jurisdictions: frozenset[str]
    abroad: frozenset[str]
    abroad_sensitivities: frozenset[Sensitivity]
    agreed_purposes: frozenset[Purpose]
    agreed_ceiling: Tlp
    agreed_sensitivities: frozenset[Sensitivity]
    agreed_harm_types: frozenset[Harm]
    agreed_channels: frozenset[Channel]
    purpose: Purpose
    channel: Channel
    owner_id: str
    publisher_id: str
    publisher_role: Role
    publisher_jurisdiction: str
    tlp: Tlp
    sensitivity: Sensitivity
    subject_status: SubjectStatus
    harm_types: frozenset[Harm]
    audiences: str
    purposes: frozenset[Purpose]
    further: str
    in_exchange: bool
    shared_with: frozenset[GroupShare]
    addressed_to: frozenset[str] | None

    def viewer(self) -> Viewer:
        groups = {} if self.groups is None else {"group-a": self.groups}
        return Viewer(
            partner_id=VIEWER_ID,
            role=self.role,
            jurisdiction=self.jurisdiction,
            state=self.state,
            agreement=self._agreement(),
            tlp_ceiling=self.ceiling,
            groups=groups,
            recall_overdue=self.recall_overdue,
        )

    def _agreement(self) -> Agreement | None:
        if self.agreement_of is None:
            return None
        terms = read_terms(
            publisher_roles=self.publisher_roles,
            publisher_jurisdictions=self.publisher_jurisdictions,
            purposes=self.agreed_purposes,
            tlp_ceiling=self.agreed_ceiling,
            sensitivities=self.agreed_sensitivities,
            harm_types=self.agreed_harm_types,
            channels=self.agreed_channels,
            cross_border=CrossBorderTerms(self.abroad, self.abroad_sensitivities, TransferBasis.ADEQUACY),
        )
        dates = {"starts_at": self.starts_at, "ends_at": self.ends_at, "is_suspended": self.is_suspended}
        return agreement(partner_id=self.agreement_of, read=terms, recall=RecallTerms(overdue=self.overdue), **dates)

    def handling_class(self) -> HandlingClass:
        stated = handling(
            publisher=publisher(partner_id=self.publisher_id, role=self.publisher_role, jurisdiction=self.publisher_jurisdiction),
            tlp=self.tlp,
            sensitivity=self.sensitivity,
            subject_status=self.subject_status,
            harm_types=self.harm_types,
            audiences=AUDIENCES[self.audiences],
            purposes=self.purposes,
        )
        further = FURTHER[self.further]
        return HandlingClass(
            self.owner_id,
            frozenset({stated} if further is None else {stated, further}),
            in_exchange=self.in_exchange,
            shared_with=self.shared_with,
            addressed_to=self.addressed_to,
        )


USUALLY = Facts(**{name: USUAL.get(name, values[0]) for name, values in VALUES.items()})


def every_combination(of: int) -> Iterator[Facts]:
    """Give every question in which so many facts, whichever they are, take each of their values, and the others the usual one."""
    for names in combinations([one.name for one in fields(Facts)], of):
        for chosen in product(*(VALUES[name] for name in names)):
            yield replace(USUALLY, **dict(zip(names, chosen, strict=True)))
