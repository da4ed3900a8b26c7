"""A member fetches the keys of a group, and whoever manages it has the next epoch begin.

Owns that each fetch is an event and is counted, and what of a key is told to whom. Kept by
``tests/services/membership/test_fetch_group_keys.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.crypto.group_tokens import SCHEME, key_text
from app.domain.errors import ConflictError, ForbiddenError, ReadOnlyError
from app.domain.events import Event, EventRecord
from app.domain.group_key import BETWEEN_ROTATIONS, EpochCause, GroupKey
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.sharing import GroupMember, SharingGroup
from app.policy.administration import Forbidden
from app.policy.group_keys import check_reads, may_have
from app.policy.sharing_groups import GroupChange, why_group_stays
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.membership.look_at_groups import caller_id, group_record
from app.services.membership.renew_group_keys import begin_epoch, renewed, unsealed
from app.storage import events, group_keys, sharing, submissions
from app.storage.counter import why_read_only
from app.storage.session import Connection
from app.storage.submissions import KeyUse


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key and its epoch, as a member is given it; ``text`` None: the exchange has lost it."""

    key: GroupKey
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class GroupKeys:
    """Keys of a group, newest first, and when the current one ends if nothing ends it sooner."""

    group_id: str
    scheme: str
    epoch_days: int
    ends_at: datetime
    keys: Sequence[GivenKey]


@dataclass(frozen=True, slots=True)
class EpochBegun:
    """A new epoch, without its key: whoever reads in the group fetches it."""

    group_id: str
    key: GroupKey
    epoch_days: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a manager wants: a new key now, and from now on keys that last so long (None: as long as before)."""

    epoch_days: int | None = None


def fetch_group_keys(exchange: Exchange, principal: Principal, group_id: str) -> GroupKeys:
    """Give a member that reads in a group its keys: the current one, made now if it is the first or the next is due.

    It goes on while the exchange takes nothing in, as reading does: then no epoch begins, and what there is is given.

    Raises:
        ForbiddenError: the caller sees the group, and does not read there.
        NotFoundError: no such group, or none that the caller may see; the id may be anything.
        ReadOnlyError: the exchange takes nothing in, and the group has no key yet.
    """
    require(principal, Permission.GROUP_KEYS_READ)
    now = exchange.clock()
    with exchange.database.write(while_read_only=True) as connection:
        take_order_for(exchange, connection, principal, while_read_only=True)
        group = group_record(connection, principal, group_id).group
        member = _reading_member(connection, principal, group_id)
        current = _current(exchange, connection, group, now)
        given = _keys_for(exchange, connection, member)
        group_keys.count_fetch(connection, group_id, [one.key.number for one in given], member.partner_id, now)
        record = EventRecord(Event.GROUP_KEY_FETCH, now, member.partner_id, principal.credential.credential_id, subject=group_id)
        events.add_events(connection, [record])
        days = group_keys.terms_of(connection, group_id).epoch_days
        return GroupKeys(group_id, SCHEME, days, current.begun_at + timedelta(days=days), given)


def _current(exchange: Exchange, connection: Connection, group: SharingGroup, now: datetime) -> GroupKey:
    if exchange.database.read_only is None and why_read_only(connection) is None:
        return renewed(exchange, connection, group, now)
    kept = group_keys.current_key(connection, group.group_id)
    if kept is None:
        raise ReadOnlyError
    return kept


def rotate_group_key(
    exchange: Exchange, principal: Principal, group_id: str, rotation: Rotation, use: KeyUse | None = None
) -> EpochBegun:
    """Begin the next epoch of a group. Its manager does, and operators in any group, since it opens nothing to anybody.

    Raises:
        ConflictError: the last one began less than ten minutes ago.
        ForbiddenError: the caller is a member and does not manage it, or an operator who wants another length.
        NotFoundError: no such group, or none that the caller may see.
    """
    require(principal, Permission.GROUPS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        group = group_record(connection, principal, group_id).group
        change = GroupChange.NARROW if rotation.epoch_days is None else GroupChange.OTHER
        forbidden = why_group_stays(caller_id(principal), group.manager_id, change)
        if forbidden is not None:
            raise ForbiddenError(forbidden.sentence, code=forbidden.code)
        if earlier_outcome(connection, use) is None:
            _begin_on_request(exchange, connection, group, rotation, now)
            if use is not None:
                submissions.add_key_use(connection, use, group_id, now)
        current = group_keys.current_key(connection, group_id) or renewed(exchange, connection, group, now)
        return EpochBegun(group_id, current, group_keys.terms_of(connection, group_id).epoch_days)


def _begin_on_request(exchange: Exchange, connection: Connection, group: SharingGroup, rotation: Rotation, now: datetime) -> None:
    current = group_keys.current_key(connection, group.group_id)
    if current is not None and current.begun_at <= now < current.begun_at + BETWEEN_ROTATIONS:
        raise ConflictError("This group's key is less than ten minutes old.")
    if rotation.epoch_days is not None:
        terms = group_keys.terms_of(connection, group.group_id)
        group_keys.save_terms(connection, group.group_id, replace(terms, epoch_days=rotation.epoch_days))
    begin_epoch(exchange, connection, group, EpochCause.REQUEST, now)


def _reading_member(connection: Connection, principal: Principal, group_id: str) -> GroupMember:
    """Give the caller's own membership of a group that it sees, if it reads there."""
    partner_id = caller_id(principal)
    membership = None if partner_id is None else sharing.membership(connection, partner_id, group_id)
    found = check_reads(None if membership is None else membership.member)
    if isinstance(found, Forbidden):
        raise ForbiddenError(found.sentence, code=found.code)
    return found


def _keys_for(exchange: Exchange, connection: Connection, member: GroupMember) -> list[GivenKey]:
    """Give the keys of a group that a reading member may have, newest first."""
    before = group_keys.fetched_by(connection, member.group_id, member.partner_id)
    kept = group_keys.keys_of(connection, member.group_id)
    secrets = ((one, unsealed(exchange.sealer, one)) for one in reversed(kept) if may_have(one, member.from_generation, before))
    return [GivenKey(one, None if secret is None else key_text(secret)) for one, secret in secrets]
