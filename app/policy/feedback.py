"""Whether feedback reaches the publisher of what it is about.

Owns the rule: whoever gives feedback must let the publisher have it, and what only the rule for identifying data keeps from the
publisher is told to it all the same, since it stated that itself. The publisher's own agreement is not asked, so that nobody
learns of it. Kept by ``tests/policy/test_feedback.py``.
"""

from __future__ import annotations

from enum import StrEnum, unique

from app.domain.handling import Handling, HandlingClass
from app.domain.vocabulary import Channel, Purpose
from app.policy.clauses import NO_TERMS, VOICES, Asked, Clause, Voice
from app.policy.viewer import Viewer

_KEPT = frozenset({Clause.TLP_RED_OUTSIDE_PORTAL, Clause.AGGREGATES_ONLY, Clause.SUBJECT_PROTECTED})
# Whom an audience keeps out by name it does not admit either.
_ITS_GIVERS = frozenset({Clause.AUDIENCE_MISSING, Clause.AUDIENCE_DOES_NOT_ADMIT})
_ASKED = tuple(rule for voice, rule in VOICES if voice is not Voice.AGREEMENT and rule.__name__ != "purpose_not_permitted")


@unique
class Reach(StrEnum):
    """How feedback gets to a publisher."""

    BY_HANDLING = "by-handling"
    ADDRESSED = "addressed"
    KEPT = "kept"
    REFUSED = "refused"


def reach(publisher: Viewer, handling_class: HandlingClass) -> Reach:
    """Say how feedback of this class gets to a publisher of what it is about.

    ``REFUSED``: its giver's own handling leaves the publisher out. ``KEPT``: what the exchange keeps from everybody of its kind
    (what is about a child's account, RED) is kept from it, too. ``ADDRESSED``: it would not see it, for it is named nowhere.
    """
    others = (one for one in handling_class.demands if one.publisher.partner_id != publisher.partner_id)
    objections = {clause for one in others for clause in _objections(publisher, one)}
    givers = (one for one in handling_class.demands if one.publisher.partner_id == handling_class.owner_id)
    own = {clause for one in givers for clause in _objections(publisher, one)}
    if own & _ITS_GIVERS:
        return Reach.REFUSED
    if objections & _KEPT:
        return Reach.KEPT
    return Reach.ADDRESSED if objections else Reach.BY_HANDLING


def _objections(publisher: Viewer, handling: Handling) -> set[Clause]:
    # By token: what may leave by the portal alone reaches nobody who polls.
    asked = Asked(publisher, None, NO_TERMS, Purpose.DETECTION, Channel.REST)
    return {clause for rule in _ASKED if (clause := rule(asked, handling)) is not None}
