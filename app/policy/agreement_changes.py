"""What changes between two versions of an agreement, term by term, and which changes let anybody see, submit or learn more.

Owns the judgement of each term and which earlier versions a new one is compared with. A term of which this module does not
know what more of it means counts as widening whenever it changes, so that a new term takes two persons until somebody has
thought about it. Decides nothing about persons (``app/services/agreements``). Kept by
``tests/policy/test_agreement_changes.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any

from app.domain.agreement import Agreement
from app.domain.vocabulary import ANY, OnwardShare, OverdueRecall, PermittedUse, Profile, Tlp
from app.policy.handling import RESTRICTIONS


@unique
class Direction(StrEnum):
    """What a change of one term does: lets more, lets less, or says the same in other words."""

    NARROWS = "narrows"
    NEUTRAL = "neutral"
    WIDENS = "widens"


@dataclass(frozen=True, slots=True)
class Change:
    """One term that two versions state otherwise. ``pointer`` is the term's in the agreement's document (RFC 6901).

    ``before`` and ``after`` are values of the domain; both are None where an agreement as a whole is new (pointer empty).
    """

    pointer: str
    before: Any
    after: Any
    direction: Direction


def changes(before: Agreement | None, after: Agreement) -> tuple[Change, ...]:
    """Give the terms that differ, in the order of the document; nothing for equal terms.

    Number, maker and time of making are no terms. Where there was no agreement (None), all of it is one widening.
    """
    if before is None:
        return (Change("", None, None, Direction.WIDENS),)
    old = dict(_terms(before))
    return tuple(
        Change(pointer, old[pointer], value, _direction(pointer, old[pointer], value))
        for pointer, value in _terms(after)
        if value != old[pointer]
    )


def widens(before: Agreement | None, after: Agreement) -> bool:
    """Whether ``after`` lets anybody see, submit or learn anything that ``before`` does not, or might.

    If not, whatever is hidden or refused under ``before`` is so under ``after``, at any time.
    """
    return any(change.direction is Direction.WIDENS for change in changes(before, after))


def compared_with(known: Collection[Agreement], starts_at: datetime) -> tuple[Agreement | None, ...]:
    """Give what would govern at some instant from ``starts_at`` on without a new version, in the order of time.

    None stands for a time in which no version has started. A version that governs counts whether it is in force or not: its
    end and its suspension are terms like others. ``known``: all versions of one partner.
    """
    instants = [starts_at, *sorted(one.starts_at for one in known if one.starts_at > starts_at)]
    return tuple(dict.fromkeys(_governing(known, instant) for instant in instants))


def changes_from_start(known: Collection[Agreement], new: Agreement) -> tuple[tuple[Agreement | None, tuple[Change, ...]], ...]:
    """Give for each version that ``new`` would displace, what changes against it; from ``new``'s start on, not before.

    A version that narrows today's terms and widens those of one that is to govern later is a widening.
    """
    return tuple((one, _against(one, new)) for one in compared_with(known, new.starts_at))


def widens_from_start(known: Collection[Agreement], new: Agreement) -> bool:
    """Whether ``new`` widens anything that would govern at some instant from its start on."""
    return any(change.direction is Direction.WIDENS for _one, against in changes_from_start(known, new) for change in against)


def _governing(known: Iterable[Agreement], instant: datetime) -> Agreement | None:
    started = (one for one in known if one.starts_at <= instant)
    return max(started, key=lambda one: one.version, default=None)


def _against(one: Agreement | None, new: Agreement) -> tuple[Change, ...]:
    """Give what changes while both could govern; at which of their starts that begins is no change between them."""
    return changes(None if one is None else replace(one, starts_at=new.starts_at), new)


NO_TERMS = frozenset({"version", "created_at", "created_by"})
"""What an agreement has besides its terms."""


def _terms(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    for field in fields(value):
        inner, below = getattr(value, field.name), f"{pointer}/{field.name}"
        if is_dataclass(inner):
            yield from _terms(inner, below)
        elif pointer or field.name not in NO_TERMS:
            yield below, inner


def _direction(pointer: str, before: Any, after: Any) -> Direction:
    is_within = IS_WITHIN.get(pointer)
    if is_within is None or not is_within(after, before):
        return Direction.WIDENS
    return Direction.NEUTRAL if is_within(before, after) else Direction.NARROWS


def _allowed(one: frozenset[str], other: frozenset[str]) -> bool:
    return ANY in other or one <= other


def _profiles(one: frozenset[Profile], other: frozenset[Profile]) -> bool:
    """``stix`` alone takes more than beside ``ocsea``, by which what carries the context is checked (``app/stix/profile``)."""
    return one <= other and not (one == {Profile.STIX} and Profile.OCSEA in other)


def _demanded(one: frozenset[str], other: frozenset[str]) -> bool:
    return one >= other


def _uses(one: frozenset[PermittedUse], other: frozenset[PermittedUse]) -> bool:
    """Some uses allow, and others bind the reader: fewer of these is more."""
    return one - RESTRICTIONS <= other - RESTRICTIONS and one & RESTRICTIONS >= other & RESTRICTIONS


def _limited(one: Any, other: Any) -> bool:
    return other is None or (one is not None and one <= other)


def _ceiling(one: Tlp, other: Tlp) -> bool:
    return one.rank <= other.rank


def _label(one: Tlp, other: Tlp) -> bool:
    return one.rank >= other.rank


def _shared(one: OnwardShare, other: OnwardShare) -> bool:
    return one.rank <= other.rank


def _given(one: Any, other: Any) -> bool:
    return bool(one <= other)


def _withheld(one: Any, other: Any) -> bool:
    return bool(one >= other)


def _overdue(one: OverdueRecall, other: OverdueRecall) -> bool:
    return one is OverdueRecall.LOSE_ACCESS or other is OverdueRecall.ALARM


IsWithin = Callable[[Any, Any], bool]

IS_WITHIN: Mapping[str, IsWithin] = MappingProxyType(
    {
        "/starts_at": _withheld,
        "/ends_at": _limited,
        "/read/publisher_roles": _allowed,
        "/read/publisher_jurisdictions": _allowed,
        "/read/purposes": _allowed,
        "/read/tlp_ceiling": _ceiling,
        "/read/sensitivities": _allowed,
        "/read/harm_types": _allowed,
        "/read/channels": _allowed,
        "/read/cross_border/jurisdictions": _allowed,
        "/read/cross_border/sensitivities": _allowed,
        "/read/volume/versions_per_day": _limited,
        "/read/volume/lookups_per_day": _limited,
        "/write/profiles": _profiles,
        "/write/assurances": _allowed,
        "/write/sensitivities": _allowed,
        "/write/harm_types": _allowed,
        "/write/signature_required/sensitivities": _demanded,
        "/write/signature_required/harm_types": _demanded,
        "/write/passes_on": _allowed,
        "/write/carries_statements": _given,
        "/write/objects_per_day": _limited,
        "/default_handling/tlp": _label,
        "/default_handling/harm_types": _demanded,
        "/default_handling/purposes": _allowed,
        "/default_handling/permitted_uses": _uses,
        "/default_handling/onward_share": _shared,
        "/recall/acknowledge_within_hours": _given,
        "/recall/overdue": _overdue,
        "/is_listed": _given,
        "/is_suspended": _withheld,
    }
)
"""For each term, whether the first value lets nothing that the second does not. Terms that are not here widen by any change:

- the partner, which never changes; the legal basis of transfers, which two persons look at;
- the default sensitivity: lists of sensitivities are taken word by word, so a higher one can be seen, and submitted, where the
  lower is not;
- the default audience: another one admits others, and none at all leaves more of those that a marking's audience admits, since
  all audiences of a handling must.
"""
