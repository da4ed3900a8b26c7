"""Handling: everything a decision may read of an object version, and the audience it names.

Owns the values and how two handlings of one object meet; the decisions themselves are in ``app/policy/visibility.py``. Kept by
``tests/domain/test_handling.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a publisher wants to reach. Only its owner and the operators may read it; markings carry its opaque id alone.

    ``roles`` and ``jurisdictions`` admit together (a partner needs both; ``"any"`` stands for all of one list);
    ``partners_in`` admits partners one by one; ``partners_out`` excludes whatever the others say. Empty is nobody.
    """

    audience_id: str
    owner_id: str
    roles: frozenset[str] = frozenset()
    jurisdictions: frozenset[str] = frozenset()
    partners_in: frozenset[str] = frozenset()
    partners_out: frozenset[str] = frozenset()


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
    """The unit of decision: whose version it is, and the handlings of which *each* must admit a reader.

    More than one handling stands here when an object refers to others (it is as narrow as each of them) or when a newer
    version governs it. Equal classes have equal ``HandlingClass`` values whatever the order in which they came about.

    ``addressed_to`` (partner ids) is set for what the exchange tells particular partners: it is for exactly these, whatever the
    handlings and their agreements say. What refers to such a version inherits its handlings alone, never its addressees.
    """

    owner_id: str
    handlings: frozenset[Handling]
    addressed_to: frozenset[str] | None = None

    def narrowed_by(self, others: Iterable[HandlingClass]) -> HandlingClass:
        """Give the class of this owner that needs every handling of this class and of all others."""
        return replace(self, handlings=self.handlings.union(*(other.handlings for other in others)))


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
    """

    sensitivity: Sensitivity | None = None
    harm_types: frozenset[Harm] = frozenset()
    subject_status: SubjectStatus | None = None
    review: Review | None = None
    urgency: Urgency | None = None
    last_reported_at: datetime | None = None


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
