"""What an asker is told of who sees an object: everything, or what a publisher may know of its readers.

Owns that difference, and how unlisted members are counted. Staff are told what is so. A publisher is told by its *own* handlings:
of the handlings of others that came into its class by references it learns that they are there and not what they say, since
whom they reach is their owners' secret; and of a reader's agreement that it objected, and not by which clause. Nobody who is not
listed is told of by name, nor counted so that it could be singled out. Kept by ``tests/policy/test_telling.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique

from app.domain.handling import Audience, Handling, HandlingClass
from app.domain.vocabulary import Channel, PartnerState, Purpose
from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground, why_seen
from app.policy.viewer import Viewer
from app.policy.visibility import why_hidden

SMALLEST_KIND = 10
"""Members of one role and jurisdiction are counted only where at least so many of them see it."""

BANDS = (50, 10)
"""What is told of a number of unlisted members: that it is at least the first of these that it reaches, else nothing."""


@unique
class Verdict(StrEnum):
    """What is told of one reader and one object.

    ``depends``: the publisher's own handling lets it be seen, but what it refers to is handled by others as well, and they may
    hide it. ``embargoed``, ``expired`` and ``withdrawn``: policy would show it, or might; the time or its owner does not.
    ``restricted``: nobody sees it, since two persons restricted it for whoever it is about.
    """

    SEEN = "seen"
    HIDDEN = "hidden"
    DEPENDS = "depends"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    RESTRICTED = "restricted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Told:
    """The verdict; of what is hidden the voice and clause, of what is seen the ground, as far as the asker may know.

    ``clause`` None beside the voice of the agreement: which of its terms objects is its partner's affair. ``agreement_version``
    is for whoever is told the clause (None: none was in force).
    """

    verdict: Verdict
    voice: Voice | None = None
    clause: Clause | None = None
    agreement_version: int | None = None
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """For what and how something would be read, and when."""

    purpose: Purpose
    channel: Channel
    now: datetime


def is_listed_member(viewer: Viewer, now: datetime) -> bool:
    """Whether other members are told that this partner is one: it is active, and its agreement in force says so."""
    agreement = viewer.agreement_at(now)
    return viewer.state is PartnerState.ACTIVE and agreement is not None and agreement.is_listed


def tell_all(viewer: Viewer, handling_class: HandlingClass, way: Way) -> Told:
    """Give the whole answer: for staff, and for a partner about itself as a reader of its own objects."""
    hidden = why_hidden(viewer, handling_class, way.purpose, way.channel, way.now)
    if hidden is not None:
        return Told(Verdict.HIDDEN, hidden.voice, hidden.clause, hidden.agreement_version)
    return Told(Verdict.SEEN, ground=why_seen(viewer, handling_class, way.purpose, way.channel, way.now))


def tell_owner(viewer: Viewer, handling_class: HandlingClass, way: Way) -> Told:
    """Give what the owner of a class may know of a listed member, or of itself. That it is one of these is NOT checked.

    The answer depends on the owner's own handlings alone, and on whether there are others' in the class.
    """
    if viewer.partner_id == handling_class.owner_id:
        return tell_all(viewer, handling_class, way)
    told = tell_all(viewer, own_part(handling_class), way)
    if told.verdict is Verdict.HIDDEN:
        clause = None if told.voice is Voice.AGREEMENT else told.clause
        return Told(Verdict.HIDDEN, told.voice, clause)
    return replace(told, verdict=Verdict.DEPENDS) if depends(handling_class) else told


def own_part(handling_class: HandlingClass) -> HandlingClass:
    """Give the class without what came into it from others."""
    return replace(handling_class, handlings=handling_class.own)


def depends(handling_class: HandlingClass) -> bool:
    """Whether handlings of others came into a class: then its owner alone cannot say who sees it."""
    return handling_class.handlings != handling_class.own


def at_least(unlisted: Iterable[Viewer], handling_class: HandlingClass, way: Way) -> int:
    """Give how many unlisted members see a class at least: 0, 10 or 50; for its owner.

    Nobody can be singled out by asking again with other audiences. Members are counted by kind, role and jurisdiction together,
    and only where at least ten of a kind see it: so two answers differ by ten or more, or by one of ten who are alike to the
    asker. And audiences are read without the ids they list, in or out, and without groups: so naming an id changes nothing,
    whether it is a member's or nobody's. Where others' handlings are in the class, nothing is counted.
    """
    if depends(handling_class):
        return 0
    asked = _unnamed(handling_class)
    kinds = Counter(
        (one.role, one.jurisdiction) for one in unlisted if why_hidden(one, asked, way.purpose, way.channel, way.now) is None
    )
    number = sum(count for count in kinds.values() if count >= SMALLEST_KIND)
    return next((band for band in BANDS if number >= band), 0)


def _unnamed(handling_class: HandlingClass) -> HandlingClass:
    handlings = frozenset(map(_handling_unnamed, handling_class.handlings))
    return replace(handling_class, handlings=handlings, shared_with=frozenset())


def _handling_unnamed(handling: Handling) -> Handling:
    return replace(handling, audiences=frozenset(map(_audience_unnamed, handling.audiences)))


def _audience_unnamed(audience: Audience) -> Audience:
    return replace(audience, partners_in=frozenset(), partners_out=frozenset(), groups=frozenset())
