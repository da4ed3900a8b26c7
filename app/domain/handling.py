"""Handling: everything a decision may read of an object version, the audience it names, and where it was posted.

Owns the values and how two handlings of one object meet; the decisions themselves are in ``app/policy/visibility.py``. Kept by
``tests/domain/test_handling.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.object_vocabulary import CorrectionReason
from app.domain.vocabulary import (
    Assurance,
    Harm,
    OnwardShare,
    PermittedUse,
    Purpose,
    Review,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    Urgency,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class GroupShare:
    """A posting into a sharing group: whoever reads the group, and joined it no later than this generation of its members."""

    group_id: str
    generation: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a publisher wants to reach. Only its owner and the operators may read it; markings carry its opaque id alone.

    ``roles`` and ``jurisdictions`` admit together (a partner needs both; ``"any"`` stands for all of one list);
    ``partners_in`` admits partners one by one, and so does ``groups`` those who read one of them; ``partners_out`` excludes
    whatever the others say. Empty is nobody.
    """

    audience_id: str
    owner_id: str
    roles: frozenset[str] = frozenset()
    jurisdictions: frozenset[str] = frozenset()
    partners_in: frozenset[str] = frozenset()
    partners_out: frozenset[str] = frozenset()
    groups: frozenset[GroupShare] = frozenset()


POSTING_AUDIENCE = "posting"
"""Stands for the id of a posting audience, which nobody registered: it is where a version was posted."""


def posting_audience(owner_id: str, shares: frozenset[GroupShare]) -> Audience:
    """Give the audience of what its owner posted into these groups and nowhere else; none of them is nobody."""
    return Audience(POSTING_AUDIENCE, owner_id, groups=shares)


@dataclass(frozen=True, slots=True)
class Publisher:
    """What a decision may read of the partner that owns an object."""

    partner_id: str
    role: Role
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class Handling:
    """The effective handling of one object version, as its publisher stated it.

    ``audiences`` must *all* admit a reader; none of them means nobody. ``purposes`` are the purposes a reader may have.
    """

    publisher: Publisher
    assurance: Assurance
    tlp: Tlp
    sensitivity: Sensitivity
    harm_types: frozenset[Harm]
    audiences: frozenset[Audience]
    purposes: frozenset[Purpose]
    permitted_uses: frozenset[PermittedUse]
    onward_share: OnwardShare
    subject_status: SubjectStatus
    review: Review


@dataclass(frozen=True, slots=True)
class HandlingClass:
    """The unit of decision: whose version it is, the handlings of which *each* must admit a reader, and where it was posted.

    More than one handling stands here when an object refers to others (it is as narrow as each of them) or when a newer
    version governs it. ``in_exchange``: it was posted to everybody whom the handlings admit; ``shared_with``: and into these
    groups. Neither is nobody but the owner. Equal classes have equal ``HandlingClass`` values whatever the order in which they
    came about, once they are ``normal``.

    ``addressed_to`` (partner ids) is set for what the exchange tells particular partners: it is for exactly these, whatever the
    handlings and their agreements say. What refers to such a version inherits its handlings alone, never its addressees.
    """

    owner_id: str
    handlings: frozenset[Handling]
    in_exchange: bool = True
    shared_with: frozenset[GroupShare] = frozenset()
    addressed_to: frozenset[str] | None = None

    def narrowed_by(self, others: Iterable[HandlingClass]) -> HandlingClass:
        """Give the class of this owner that needs every handling of this class and of all others, and stays where it is."""
        return replace(self, handlings=self.handlings.union(*(other.handlings for other in others)))

    @property
    def own(self) -> frozenset[Handling]:
        """Its owner's own handlings in it."""
        return frozenset(one for one in self.handlings if one.publisher.partner_id == self.owner_id)

    @property
    def as_shared(self) -> frozenset[Handling]:
        """What must admit whoever sees it through a group: its owner's handlings reach readers of the groups alone as well.

        A handling without any audience is for nobody, and so it stays.
        """
        posted = posting_audience(self.owner_id, self.shared_with)
        own = self.own
        return (self.handlings - own) | {
            replace(one, audiences=one.audiences | {posted}) if one.audiences else one for one in own
        }

    @property
    def demands(self) -> frozenset[Handling]:
        """What must admit a reader of whatever depends on it: what is in groups alone keeps to their readers."""
        return self.handlings if self.in_exchange else self.as_shared

    @property
    def unbound(self) -> HandlingClass:
        """The class without what its owner's other objects demanded of it because they were in groups alone.

        Their handlings stay; where they are now is asked anew when it is posted further. Other owners' groups stay as well.
        """
        own = {replace(one, audiences=frozenset(filter(self._is_no_own_posting, one.audiences))) for one in self.own}
        return replace(self, handlings=(self.handlings - self.own) | own)

    def _is_no_own_posting(self, audience: Audience) -> bool:
        return audience.audience_id != POSTING_AUDIENCE or audience.owner_id != self.owner_id

    @property
    def normal(self) -> HandlingClass:
        """The class without groups that change nothing: beside the exchange, a group only *names* who sees identifying data."""
        is_said = not self.in_exchange or any(one.sensitivity is Sensitivity.IDENTIFYING for one in self.own)
        return self if is_said or not self.shared_with else replace(self, shared_with=frozenset())

    def is_within(self, other: HandlingClass) -> bool:
        """Whether all who see it would see ``other`` as well, of the same owner, as far as handlings and postings tell."""
        posted_wider = other.in_exchange or not self.in_exchange
        return self.handlings >= other.handlings and posted_wider and self.shared_with <= other.shared_with


@dataclass(frozen=True, slots=True)
class MarkingTerms:
    """What one marking says; None means that it is silent there, and never that everything is allowed.

    ``release_at`` (embargo) and ``expires_at`` are about one version's time and not part of a class. ``is_statement``: it is
    words for people (STIX 2.1 §7.2.1.3), which no rule can read; only an agreement may have them carried and decide nothing.
    """

    tlp: Tlp | None = None
    audience_id: str | None = None
    purposes: frozenset[Purpose] | None = None
    permitted_uses: frozenset[PermittedUse] | None = None
    onward_share: OnwardShare | None = None
    release_at: datetime | None = None
    expires_at: datetime | None = None
    is_statement: bool = False


@dataclass(frozen=True, slots=True)
class ObjectContext:
    """What the ``ocsea-context`` extension of one object says; None where it is silent.

    ``last_reported_at``: the latest of the times (aware UTC) at which the publisher says it told a body; None: it names none.
    ``correction``: what it says was wrong with the versions before.
    """

    sensitivity: Sensitivity | None = None
    harm_types: frozenset[Harm] = frozenset()
    subject_status: SubjectStatus | None = None
    review: Review | None = None
    urgency: Urgency | None = None
    last_reported_at: datetime | None = None
    correction: CorrectionReason | None = None


@dataclass(frozen=True, slots=True)
class DefaultHandling:
    """What an agreement lays under everything its partner submits; markings can only narrow it.

    ``audience_id`` None is an empty audience: nobody, until a marking names one.
    """

    tlp: Tlp
    sensitivity: Sensitivity
    harm_types: frozenset[Harm]
    audience_id: str | None
    purposes: frozenset[Purpose]
    permitted_uses: frozenset[PermittedUse]
    onward_share: OnwardShare
