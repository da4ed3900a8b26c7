"""The queue of second readers: what waits, taking one to read, breaks, and the limits that an organisation sets.

Owns that two do not read the same at once, that nobody is counted by anybody but themselves, and that what is urgent can always
be taken. Reading and deciding are ``read_second``'s. Kept by ``tests/services/drafting/test_queue.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.draft import Draft, DraftState
from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.reading_load import MOST_ITEMS, MOST_MINUTES, TAKEN_FOR, ReadingLimits, ReadingLoad
from app.policy.drafts import is_author, why_not_second
from app.services.authenticate import require
from app.services.drafting.keep import author_of, find_seen, refuse
from app.services.drafting.standing import standing_of
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.storage import drafts, events, persons, reading_loads
from app.storage.session import Connection

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits for a second reader: whose, what kinds of thing are in it and how many, who reads it now. No values."""

    draft_id: str
    author: str
    is_urgent: bool
    since: datetime
    kinds: Mapping[str, int]
    taken_by: str | None
    is_mine: bool
    is_correction: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the caller, how many wait in all (their own among them) and since when, and how much they read today."""

    waiting: list[Waiting]
    in_all: int
    oldest: datetime | None
    load: ReadingLoad
    limits: ReadingLimits
    wants_break: bool
    is_full: bool


def review_queue(exchange: Exchange, principal: Principal) -> Queue:
    """Give what waits for the caller as second reader: urgent ones first, then the one that waits longest; never their own.

    Raises ``ForbiddenError``: the caller may not review drafts, or is no person of a partner.
    """
    reader, now = author_of(principal, Permission.DRAFTS_REVIEW), exchange.clock()
    with exchange.database.read() as connection:
        found = drafts.drafts_in_state(connection, reader.partner_id, DraftState.IN_REVIEW)
        others = sorted((one for one in found if not is_author(principal, one)), key=lambda one: not one.is_urgent)[:_SHOWN]
        names = {one.person_id: one.name for one in persons.persons(connection, reader.partner_id)}
        taken = reading_loads.takers(connection, [one.draft_id for one in others], now)
        load = reading_loads.load_of(connection, reader.person_id, now)
        limits = reading_loads.limits_of(connection, reader.partner_id)
    since = min((one.handed_over_at or one.changed_at for one in found), default=None)
    waiting = [_waiting(one, names, taken.get(one.draft_id), reader.person_id) for one in others]
    return Queue(waiting, len(found), since, load, limits, load.wants_break(limits, now), load.is_full(limits, now))


def take_to_read(exchange: Exchange, principal: Principal, draft_id: str) -> None:
    """Take a draft to read it, for twenty minutes; again by the same person prolongs it and is counted once.

    Raises:
        ConflictError: the caller is no second reader of it, it waits no more, somebody reads it now, or the day is full.
        ForbiddenError: the caller may not review drafts.
        NotFoundError: it is not there for the caller.
    """
    reader, now = author_of(principal, Permission.DRAFTS_REVIEW), exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        found = find_seen(connection, principal, draft_id)
        refuse(why_not_second(principal, found, standing_of(connection, principal, found, now)))
        taken_by = reading_loads.takers(connection, [draft_id], now).get(draft_id)
        if taken_by not in {None, reader.person_id}:
            raise ConflictError("Somebody reads this now: take another one, or come back in a while.")
        if taken_by is None:
            _count(connection, found, reader.person_id, now)
        reading_loads.take_draft(connection, draft_id, reader.person_id, now + TAKEN_FOR)


def let_go(exchange: Exchange, principal: Principal, draft_id: str) -> None:
    """Let a draft that the caller took be read by others."""
    reader = author_of(principal, Permission.DRAFTS_REVIEW)
    with exchange.database.write() as connection:
        reading_loads.let_go(connection, draft_id, reader.person_id)


def note_break(exchange: Exchange, principal: Principal) -> None:
    """Keep that the caller had a break, or goes on without: it is offered anew after as much again."""
    reader, now = author_of(principal, Permission.DRAFTS_REVIEW), exchange.clock()
    with exchange.database.write() as connection:
        reading_loads.save_load(connection, reading_loads.load_of(connection, reader.person_id, now).rested())


def reading_limits(exchange: Exchange, principal: Principal) -> ReadingLimits:
    """Give the limits of the caller's organisation; raises ``NotFoundError`` for staff."""
    require(principal, Permission.PERSONS_READ)
    with exchange.database.read() as connection:
        return reading_loads.limits_of(connection, _own(principal))


def set_limits(exchange: Exchange, principal: Principal, limits: ReadingLimits) -> None:
    """Set for each reader of the caller's organisation how much they read in a day, and when a break is offered.

    Raises:
        ForbiddenError: the caller keeps nobody.
        MalformedInputError: a number that is out of bounds.
        NotFoundError: the caller is of the exchange.
    """
    require(principal, Permission.PERSONS_WRITE)
    partner_id, now = _own(principal), exchange.clock()
    if principal.person is None:
        raise ForbiddenError("A person sets this.")
    for name, most in (("items_a_day", MOST_ITEMS), ("break_after_items", MOST_ITEMS), ("break_after_minutes", MOST_MINUTES)):
        if not 1 <= getattr(limits, name) <= most:
            raise MalformedInputError(f"This is a number from 1 to {most}.", pointer=f"/{name}")
    with exchange.database.write() as connection:
        reading_loads.save_limits(connection, partner_id, limits)
        who = principal.credential.credential_id
        events.add_events(connection, [EventRecord(Event.DRAFT_LIMIT, now, partner_id, who)])


def _count(connection: Connection, found: Draft, person_id: str, now: datetime) -> None:
    reading_loads.forget_loads(connection, now)
    load = reading_loads.load_of(connection, person_id, now)
    if load.is_full(reading_loads.limits_of(connection, found.partner_id), now) and not found.is_urgent:
        raise ConflictError("That was enough for today. What is urgent can still be taken; the rest waits for somebody else.")
    reading_loads.save_load(connection, load.with_one_more(now))


def _own(principal: Principal) -> str:
    if principal.partner is None:
        raise NotFoundError
    return principal.partner.partner_id


def _waiting(one: Draft, names: Mapping[str, str], taken_by: str | None, reader_id: str) -> Waiting:
    kinds = Counter(str(each.get("type", "")) for each in one.frozen_document.get("objects", ()))
    return Waiting(
        draft_id=one.draft_id,
        author=names.get(one.author_id, one.author_id),
        is_urgent=one.is_urgent,
        since=one.handed_over_at or one.changed_at,
        kinds=dict(sorted(kinds.items())),
        taken_by=names.get(taken_by, taken_by) if taken_by else None,
        is_mine=taken_by == reader_id,
        is_correction=one.corrects is not None,
    )
