"""The clauses of the rule of ``docs/policy.md``, one short function each, and the tables that give their order.

Owns what each clause says. Which of them are asked about which handling (step 0, the three voices) is in
``app/policy/visibility.py``. A clause gives its name if it objects, else None; it never sees the objects themselves. Every row
of the tables is removed once by ``tests/policy/test_visibility.py``, and some verdict must change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TypeVar

from app.domain.agreement import Agreement, CrossBorderTerms, ReadTerms
from app.domain.handling import Handling, HandlingClass
from app.domain.vocabulary import (
    Channel,
    OverdueRecall,
    PartnerState,
    Purpose,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    TransferBasis,
)
from app.policy.audiences import admits, excludes, names, stands_in
from app.policy.viewer import Viewer


@unique
class Voice(StrEnum):
    """Who must agree before anything is seen, in the order in which they are asked."""

    EXCHANGE_BASELINE = "exchange-baseline"
    AGREEMENT = "agreement"
    PUBLISHER = "publisher"


@unique
class Clause(StrEnum):
    """Why something is hidden, one word per reason, in the order in which they are asked; never reused."""

    PARTNER_NOT_ACTIVE = "partner-not-active"
    HANDLING_MISSING = "handling-missing"
    NOT_ADDRESSED = "not-addressed"
    TLP_ABOVE_CREDENTIAL = "tlp-above-credential"
    TLP_RED_OUTSIDE_PORTAL = "tlp-red-outside-portal"
    IDENTIFYING_NOT_NAMED = "identifying-not-named"
    AGGREGATES_ONLY = "aggregates-only"
    SUBJECT_PROTECTED = "subject-protected"
    AGREEMENT_NOT_IN_FORCE = "agreement-not-in-force"
    RECALL_OVERDUE = "recall-overdue"
    PUBLISHER_ROLE_NOT_AGREED = "publisher-role-not-agreed"
    PUBLISHER_JURISDICTION_NOT_AGREED = "publisher-jurisdiction-not-agreed"
    CROSS_BORDER_NOT_AGREED = "cross-border-not-agreed"
    PURPOSE_NOT_AGREED = "purpose-not-agreed"
    TLP_ABOVE_AGREEMENT = "tlp-above-agreement"
    SENSITIVITY_NOT_AGREED = "sensitivity-not-agreed"
    HARM_TYPE_NOT_AGREED = "harm-type-not-agreed"
    CHANNEL_NOT_AGREED = "channel-not-agreed"
    AUDIENCE_MISSING = "audience-missing"
    AUDIENCE_EXCLUDES = "audience-excludes"
    AUDIENCE_DOES_NOT_ADMIT = "audience-does-not-admit"
    PURPOSE_NOT_PERMITTED = "purpose-not-permitted"


NO_TERMS = ReadTerms(
    publisher_roles=frozenset(),
    publisher_jurisdictions=frozenset(),
    purposes=frozenset(),
    tlp_ceiling=Tlp.CLEAR,
    sensitivities=frozenset(),
    harm_types=frozenset(),
    channels=frozenset(),
    cross_border=CrossBorderTerms(frozenset(), frozenset(), TransferBasis.NOT_STATED),
)
"""What a partner may read without an agreement in force: nothing."""

AGGREGATES_ONLY_ROLES = frozenset({Role.REGULATOR, Role.RESEARCHER})
PROTECTED_SUBJECTS = frozenset({SubjectStatus.MAY_BE_CHILD, SubjectStatus.COMPROMISED_ACCOUNT})
PROTECTING_ROLES = frozenset({Role.HOTLINE, Role.LAW_ENFORCEMENT})

# Tlp.rank walks the enumeration at each call; a decision runs for every class of the exchange.
_TLP_RANK = {label: label.rank for label in Tlp}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: who reads, under which agreement (None: none in force) and its terms, what for and by which way."""

    viewer: Viewer
    agreement: Agreement | None
    terms: ReadTerms
    purpose: Purpose
    channel: Channel


def partner_not_active(asked: Asked, _handling_class: HandlingClass) -> Clause | None:
    """Suspended and ended partners see nothing, not even their own; operators act for them."""
    return None if asked.viewer.state is PartnerState.ACTIVE else Clause.PARTNER_NOT_ACTIVE


def handling_missing(_asked: Asked, handling_class: HandlingClass) -> Clause | None:
    """A class in which its owner's own handling does not stand admits nobody: its publisher has not spoken."""
    for handling in handling_class.handlings:
        if handling.publisher.partner_id == handling_class.owner_id:
            return None
    return Clause.HANDLING_MISSING


def not_addressed(asked: Asked, handling_class: HandlingClass) -> Clause | None:
    """What the exchange tells particular partners (a recall) is for them and for nobody else, not even its owner."""
    to = handling_class.addressed_to
    return Clause.NOT_ADDRESSED if to is not None and asked.viewer.partner_id not in to else None


def tlp_above_credential(asked: Asked, handling: Handling) -> Clause | None:
    """A credential's ceiling is part of its scope: it holds for everything read with it, one's own included."""
    within = _TLP_RANK[handling.tlp] <= _TLP_RANK[asked.viewer.tlp_ceiling]
    return None if within else Clause.TLP_ABOVE_CREDENTIAL


def tlp_red_outside_portal(asked: Asked, handling: Handling) -> Clause | None:
    """RED is for named persons: never by token, TAXII, export or webhook (TLP 2.0, FIRST 2022)."""
    kept = handling.tlp is Tlp.RED and asked.channel is not Channel.PORTAL
    return Clause.TLP_RED_OUTSIDE_PORTAL if kept else None


def identifying_not_named(asked: Asked, handling: Handling) -> Clause | None:
    """What identifies a person goes to law enforcement, and to partners whom an audience names; a role is not enough.

    One of the audiences must name the partner, by itself or through a sharing group that the object was posted to; the others
    (the agreement's default, say) need only admit it.
    """
    viewer = asked.viewer
    if handling.sensitivity is not Sensitivity.IDENTIFYING or viewer.role is Role.LAW_ENFORCEMENT:
        return None
    for audience in handling.audiences:
        if names(audience, viewer):
            return None
    return Clause.IDENTIFYING_NOT_NAMED


def aggregates_only(asked: Asked, handling: Handling) -> Clause | None:
    """Regulators and researchers see aggregates and nothing nearer to a person, even where they are named."""
    too_near = asked.viewer.role in AGGREGATES_ONLY_ROLES and handling.sensitivity is not Sensitivity.AGGREGATE
    return Clause.AGGREGATES_ONLY if too_near else None


def subject_protected(asked: Asked, handling: Handling) -> Clause | None:
    """An account that may be a child's, or was taken over, is shown to law enforcement and hotlines only."""
    kept = handling.subject_status in PROTECTED_SUBJECTS and asked.viewer.role not in PROTECTING_ROLES
    return Clause.SUBJECT_PROTECTED if kept else None


def agreement_not_in_force(asked: Asked, _handling: Handling) -> Clause | None:
    """Without an agreement in force at this moment a partner reads nothing of others."""
    return Clause.AGREEMENT_NOT_IN_FORCE if asked.agreement is None else None


def recall_overdue(asked: Asked, _handling: Handling) -> Clause | None:
    """By some agreements whoever is late in answering a recall reads nothing of others until it has answered."""
    agreement = asked.agreement
    return Clause.RECALL_OVERDUE if agreement is not None and loses_access(asked.viewer, agreement) else None


def loses_access(viewer: Viewer, agreement: Agreement) -> bool:
    """Whether a viewer is late in answering a recall, and this agreement of its says that it reads nothing of others then."""
    return viewer.recall_overdue and agreement.recall.overdue is OverdueRecall.LOSE_ACCESS


def publisher_role_not_agreed(asked: Asked, handling: Handling) -> Clause | None:
    """The agreement says from which kinds of organisation the partner may read."""
    agreed = stands_in(handling.publisher.role, asked.terms.publisher_roles)
    return None if agreed else Clause.PUBLISHER_ROLE_NOT_AGREED


def publisher_jurisdiction_not_agreed(asked: Asked, handling: Handling) -> Clause | None:
    """The agreement says from which jurisdictions the partner may read."""
    agreed = stands_in(handling.publisher.jurisdiction, asked.terms.publisher_jurisdictions)
    return None if agreed else Clause.PUBLISHER_JURISDICTION_NOT_AGREED


def cross_border_not_agreed(asked: Asked, handling: Handling) -> Clause | None:
    """What comes from another jurisdiction needs a legal basis for the transfer, by jurisdiction and sensitivity."""
    abroad = handling.publisher.jurisdiction
    if abroad == asked.viewer.jurisdiction:
        return None
    terms = asked.terms.cross_border
    agreed = stands_in(abroad, terms.jurisdictions) and handling.sensitivity in terms.sensitivities
    return None if agreed else Clause.CROSS_BORDER_NOT_AGREED


def purpose_not_agreed(asked: Asked, _handling: Handling) -> Clause | None:
    """The agreement says what the partner may read for."""
    return None if asked.purpose in asked.terms.purposes else Clause.PURPOSE_NOT_AGREED


def tlp_above_agreement(asked: Asked, handling: Handling) -> Clause | None:
    """The agreement says up to which label the partner may read."""
    return None if _TLP_RANK[handling.tlp] <= _TLP_RANK[asked.terms.tlp_ceiling] else Clause.TLP_ABOVE_AGREEMENT


def sensitivity_not_agreed(asked: Asked, handling: Handling) -> Clause | None:
    """The agreement lists the sensitivities one by one; a higher one in the list does not bring the lower ones."""
    return None if handling.sensitivity in asked.terms.sensitivities else Clause.SENSITIVITY_NOT_AGREED


def harm_type_not_agreed(asked: Asked, handling: Handling) -> Clause | None:
    """Every harm type of the handling must be in the agreement; one that lists none admits nothing."""
    agreed = asked.terms.harm_types
    return None if agreed and handling.harm_types <= agreed else Clause.HARM_TYPE_NOT_AGREED


def channel_not_agreed(asked: Asked, _handling: Handling) -> Clause | None:
    """The agreement says by which ways bytes may leave for this partner."""
    return None if asked.channel in asked.terms.channels else Clause.CHANNEL_NOT_AGREED


def audience_missing(_asked: Asked, handling: Handling) -> Clause | None:
    """A handling that names no audience is for nobody."""
    return None if handling.audiences else Clause.AUDIENCE_MISSING


def audience_excludes(asked: Asked, handling: Handling) -> Clause | None:
    """One audience that keeps the partner out by name is enough."""
    for audience in handling.audiences:
        if excludes(audience, asked.viewer.partner_id):
            return Clause.AUDIENCE_EXCLUDES
    return None


def audience_does_not_admit(asked: Asked, handling: Handling) -> Clause | None:
    """Every audience of the handling must admit the viewer."""
    for audience in handling.audiences:
        if not admits(audience, asked.viewer):
            return Clause.AUDIENCE_DOES_NOT_ADMIT
    return None


def purpose_not_permitted(asked: Asked, handling: Handling) -> Clause | None:
    """The publisher says what its object may be read for."""
    return None if asked.purpose in handling.purposes else Clause.PURPOSE_NOT_PERMITTED


Subject = TypeVar("Subject", Handling, HandlingClass)
Table = tuple[tuple[Voice, Callable[[Asked, Subject], Clause | None]], ...]

BEFORE_ALL: Table[HandlingClass] = (
    (Voice.EXCHANGE_BASELINE, partner_not_active),
    (Voice.PUBLISHER, handling_missing),
    (Voice.EXCHANGE_BASELINE, not_addressed),
)
"""Asked about the whole class, before step 0."""

OWN_HANDLING: Table[Handling] = ((Voice.AGREEMENT, tlp_above_credential),)
"""Step 0: all that is asked about a handling whose publisher is the viewer."""

VOICES: Table[Handling] = (
    (Voice.EXCHANGE_BASELINE, tlp_red_outside_portal),
    (Voice.EXCHANGE_BASELINE, identifying_not_named),
    (Voice.EXCHANGE_BASELINE, aggregates_only),
    (Voice.EXCHANGE_BASELINE, subject_protected),
    (Voice.AGREEMENT, agreement_not_in_force),
    (Voice.AGREEMENT, recall_overdue),
    (Voice.AGREEMENT, publisher_role_not_agreed),
    (Voice.AGREEMENT, publisher_jurisdiction_not_agreed),
    (Voice.AGREEMENT, cross_border_not_agreed),
    (Voice.AGREEMENT, purpose_not_agreed),
    (Voice.AGREEMENT, tlp_above_agreement),
    (Voice.AGREEMENT, tlp_above_credential),
    (Voice.AGREEMENT, sensitivity_not_agreed),
    (Voice.AGREEMENT, harm_type_not_agreed),
    (Voice.AGREEMENT, channel_not_agreed),
    (Voice.PUBLISHER, audience_missing),
    (Voice.PUBLISHER, audience_excludes),
    (Voice.PUBLISHER, audience_does_not_admit),
    (Voice.PUBLISHER, purpose_not_permitted),
)
"""The three voices in their order: asked about every handling of others in a class of others."""
