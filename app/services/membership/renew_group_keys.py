"""Epochs of a group's key: the first, the next whenever something ends one, and the erasing of what is old.

Owns that a group has one current key, that a key which nobody fetched leaves no trace, and that a key lies in the database under
seal alone, good for its own place only. The order lock is held by whoever calls. Which reason ends an epoch is
``app/policy/group_keys.py``'s. Kept by ``tests/services/membership/test_renew_group_keys.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.crypto.group_tokens import epoch_of_key, new_group_key
from app.crypto.seal import CursorSealer
from app.domain.errors import MalformedInputError
from app.domain.events import Event, EventRecord
from app.domain.group_key import KEYS_ARE_KEPT, EpochCause, GroupKey
from app.domain.sharing import SharingGroup
from app.domain.vocabulary import PartnerState
from app.policy.group_keys import Holders, why_renewed
from app.services.exchange import Exchange
from app.storage import events, group_keys, members, sharing
from app.storage.counter import take_order_lock
from app.storage.session import Connection

RENEW_GROUP_KEYS = "renew-group-keys"
_BETWEEN_LOOKS = timedelta(hours=1)


def unsealed(sealer: CursorSealer, key: GroupKey) -> bytes | None:
    """Give the key that is under a seal, None where no sealing key opens it (any more)."""
    try:
        return sealer.open(key.sealed, _context(key.group_id, key.number))
    except MalformedInputError:
        return None


def begin_epoch(exchange: Exchange, connection: Connection, group: SharingGroup, cause: EpochCause, now: datetime) -> GroupKey:
    """Give a group a new key. The one before ends; if nobody has fetched it, it is erased, since nothing is under it."""
    before = group_keys.current_key(connection, group.group_id)
    if before is not None and group_keys.holders_of(connection, before):
        group_keys.end_key(connection, before, now)
    elif before is not None:
        group_keys.drop_key(connection, before)
    terms = group_keys.terms_of(connection, group.group_id)
    number, secret = terms.newest + 1, new_group_key()
    key = GroupKey(
        group_id=group.group_id,
        number=number,
        epoch=epoch_of_key(secret),
        sealed=exchange.sealer.seal(secret, _context(group.group_id, number)),
        generation=group.generation,
        cause=cause,
        begun_at=now,
    )
    group_keys.add_key(connection, key)
    group_keys.save_terms(connection, group.group_id, replace(terms, newest=number))
    events.add_events(connection, [EventRecord(Event.GROUP_KEY_BEGIN, now, subject=group.group_id, code=cause)])
    return key


def renew_for_members(
    exchange: Exchange, connection: Connection, group: SharingGroup, cause: EpochCause | None, now: datetime
) -> None:
    """Begin the next epoch of a group whose readers changed (None: they did not); one that never had a key needs none."""
    if cause is not None and group_keys.current_key(connection, group.group_id) is not None:
        begin_epoch(exchange, connection, group, cause, now)


def renewed(exchange: Exchange, connection: Connection, group: SharingGroup, now: datetime) -> GroupKey:
    """Give a group's current key, after what is due: its first, or the next where the schedule or a holder's end asks for it."""
    current = group_keys.current_key(connection, group.group_id)
    if current is None:
        return begin_epoch(exchange, connection, group, EpochCause.FIRST, now)
    if unsealed(exchange.sealer, current) is None:
        return begin_epoch(exchange, connection, group, EpochCause.KEY_LOST, now)
    terms = group_keys.terms_of(connection, group.group_id)
    cause = why_renewed(current, _holders(connection, current), terms.epoch_days, now)
    return current if cause is None else begin_epoch(exchange, connection, group, cause, now)


def renew_group_keys(exchange: Exchange, connection: Connection, _payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Renew what is due in all groups, seal anew under the newest sealing key, erase what is old; comes back every hour."""
    take_order_lock(connection)
    for old in group_keys.ended_before(connection, now - KEYS_ARE_KEPT):
        group_keys.drop_key(connection, old)
    for current in group_keys.current_keys(connection):
        group = sharing.group_by_id(connection, current.group_id)
        if group is not None:
            renewed(exchange, connection, group, now)
    for key in group_keys.all_keys(connection):
        _seal_anew(exchange.sealer, connection, key)
    return now + _BETWEEN_LOOKS


def _seal_anew(sealer: CursorSealer, connection: Connection, key: GroupKey) -> None:
    """Keep a key under the newest sealing key, so that old ones can go."""
    secret = unsealed(sealer, key)
    sealed = key.sealed if secret is None else sealer.seal(secret, _context(key.group_id, key.number))
    if sealed != key.sealed:
        group_keys.seal_anew(connection, key, sealed)


def _holders(connection: Connection, key: GroupKey) -> Holders:
    holding = group_keys.holders_of(connection, key)
    reading = {one.partner_id for one in sharing.members(connection, key.group_id) if one.can_read}
    active = {one for one in holding & reading if _is_active(connection, one)}
    return Holders(holding, frozenset(active))


def _is_active(connection: Connection, partner_id: str) -> bool:
    partner = members.partner_by_id(connection, partner_id)
    return partner is not None and partner.state is PartnerState.ACTIVE


def _context(group_id: str, number: int) -> bytes:
    return f"group-key\0{group_id}\0{number}".encode()
