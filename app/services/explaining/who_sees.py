"""Who sees this object, why, and since when: every partner and purpose at one moment.

Owns the answer's two forms: staff are told of all partners; an owner of listed members by name, and of the others how many there
are at least. Who *had* it is the ledger's. Kept by ``tests/services/explaining/test_who_sees.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.handling import HandlingClass
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.policy.telling import Told, Verdict, Way, at_least, tell_all, tell_owner
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.explaining.membership import Member, Membership
from app.services.explaining.statements import Statement, asker_of, statements_of
from app.services.limiting.ask import ask_as_staff
from app.storage import explanations
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class Reader:
    """What is told of one partner: for each purpose the verdict, and for staff from when on it counts for the partner.

    ``since`` has the purposes alone for which it is seen and the moment is known.
    """

    partner_id: str
    name: str
    told: Mapping[Purpose, Told]
    since: Mapping[Purpose, datetime]


@dataclass(frozen=True, slots=True)
class Readers:
    """Partners by name, and for each purpose how many unlisted members see it at least; None where all are told by name."""

    listed: tuple[Reader, ...]
    unlisted: Mapping[Purpose, int] | None


@dataclass(frozen=True, slots=True)
class WhoSees:
    """Who sees one owner's statement, its newest version."""

    owner_id: str
    version: str
    added_at: datetime | None
    release_at: datetime | None
    expires_at: datetime | None
    readers: Readers


def who_sees(exchange: Exchange, principal: Principal, stix_id: str, channel: Channel = Channel.REST) -> list[WhoSees]:
    """Say for each owner that states the id, and that the caller may ask about, who sees it by this channel; at least one.

    Raises:
        ExhaustedError: somebody of the staff has looked up as many observables today as one person may.
        ForbiddenError: the caller may not ask about policy at all.
        NotFoundError: no such object, or none that the caller may ask about.
    """
    require(principal, Permission.POLICY_READ)
    ask_as_staff(exchange, principal, [stix_id])
    now, asker_id = exchange.clock(), asker_of(principal)
    with exchange.database.read() as connection:
        membership = Membership.load(connection, now)
        found = statements_of(connection, asker_id, stix_id, now)
        return [_who_sees(connection, one, membership, asker_id, _When(channel, now)) for one in found]


def readers_of(membership: Membership, handling_class: HandlingClass, channel: Channel, now: datetime) -> Readers:
    """Say what the owner of a class may know of who would see what is in it; the owner itself is left out."""
    owner_id = handling_class.owner_id
    listed = [
        Reader(one.partner_id, one.partner.name, _told_owner(one, handling_class, channel, now), {})
        for one in membership.known_to(owner_id).values()
        if one.partner_id != owner_id
    ]
    others = membership.unlisted_to(owner_id)
    unlisted = {purpose: at_least(others, handling_class, Way(purpose, channel, now)) for purpose in Purpose}
    return Readers(tuple(listed), unlisted)


@dataclass(frozen=True, slots=True)
class _When:
    channel: Channel
    now: datetime


def _told_owner(one: Member, handling_class: HandlingClass, channel: Channel, now: datetime) -> dict[Purpose, Told]:
    return {purpose: tell_owner(one.viewer, handling_class, Way(purpose, channel, now)) for purpose in Purpose}


def _who_sees(connection: Connection, statement: Statement, membership: Membership, asker_id: str | None, when: _When) -> WhoSees:
    if asker_id is None:
        readers = Readers(tuple(_for_staff(connection, statement, membership, when)), None)
    else:
        told = readers_of(membership, statement.handling_class, when.channel, when.now)
        is_out = statement.times.position is not None and statement.times.visible_until > when.now
        unlisted = {purpose: number if is_out else 0 for purpose, number in (told.unlisted or {}).items()}
        readers = Readers(tuple(_in_time(statement, one, when.now) for one in told.listed), unlisted)
    times = statement.times
    return WhoSees(statement.owner_id, times.version, times.added_at, times.release_at, statement.expires_at, readers)


def _for_staff(connection: Connection, statement: Statement, membership: Membership, when: _When) -> Iterable[Reader]:
    known: dict[tuple[str, Purpose], list[datetime | None]] = defaultdict(list)
    for one in explanations.counting_from(connection, statement.times, when.channel):
        known[one.partner_id, one.purpose].append(one.since)
    for member in membership.members.values():
        told = {purpose: _told_staff(statement, member, Way(purpose, when.channel, when.now)) for purpose in Purpose}
        since: dict[Purpose, datetime] = {}
        for purpose in (one for one, each in told.items() if each.verdict is Verdict.SEEN):
            moments = known.get((member.partner_id, purpose), [statement.times.added_at])
            if given := [each for each in moments if each is not None]:
                since[purpose] = min(given)
        yield Reader(member.partner_id, member.partner.name, told, since)


def _told_staff(statement: Statement, member: Member, way: Way) -> Told:
    return statement.in_time(tell_all(member.viewer, statement.handling_class, way), member.partner_id, way.now)


def _in_time(statement: Statement, one: Reader, now: datetime) -> Reader:
    told = {purpose: statement.in_time(each, one.partner_id, now) for purpose, each in one.told.items()}
    return Reader(one.partner_id, one.name, told, one.since)
