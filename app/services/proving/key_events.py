"""What happens to a key, recorded for everybody: an event for the operators, a leaf in the log, a version of the directory.

Owns that the three go together, in the transaction of what happens. Kept by ``tests/services/proving/test_key_events.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.events import Event, EventRecord
from app.domain.partner import ExchangeKey, PartnerKey
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.exchange import ExchangeKeys
from app.services.proving.issue_directory import issue_directory, listed, owe_directory
from app.services.proving.record import Recorded, record_in_log
from app.storage import events, key_directory, members
from app.storage.counter import Order
from app.storage.session import Connection
from breakwater_client.trust.key_directory import entry
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.log_leaf import LeafKind


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """What happened to which key (as it is now), and by which credential; None for what is done on the machine itself."""

    event: Event
    key: PartnerKey | ExchangeKey
    credential_id: str | None = None


def record_key_events(
    connection: Connection, order: Order, keys: ExchangeKeys | None, happened: Sequence[KeyEvent], now: datetime
) -> None:
    """Record what happened to keys, and issue the directory anew if it is about any that counts or did.

    The caller holds the order lock and saves the order. A key that never counted is in the log, and not in the directory.
    ``keys`` None: the caller has no keys of the exchange, and the version is owed until the work ledger comes to it.
    """
    if keys is not None:
        ensure_own_keys(connection, order, keys, now)
    for one in happened:
        record_key_event(connection, order, one, now)
    if any(one.key.activated_at is not None for one in happened):
        if keys is None:
            owe_directory(connection, now)
        else:
            issue_directory(connection, keys, now)


def ensure_own_keys(connection: Connection, order: Order, keys: ExchangeKeys, now: datetime) -> bool:
    """Register the keys of the exchange for uses that have none yet, and say whether there were such. Order lock held.

    So a new exchange begins, and one that was started by an earlier version goes on: its receipts were signed from its first day.
    A key that differs from the registered one is NOT taken: it has to be rotated (``rotate_own_keys``).
    """
    begun_at = members.this_exchange(connection).created_at
    known = {one.usage for one in key_directory.exchange_keys(connection)}
    missing = [(usage, key) for usage, key in by_usage(keys).items() if usage not in known]
    for usage, key in missing:
        since = begun_at if usage is KeyUsage.STATEMENT_SIGNING else now
        added = own_key(key, usage, since)
        key_directory.add_exchange_key(connection, added)
        record_key_event(connection, order, KeyEvent(Event.KEY_REGISTER, added), now)
    return bool(missing)


def holds_another_key(connection: Connection, keys: ExchangeKeys, now: datetime) -> bool:
    """Whether some use has a key in force that is not the one of ``keys``: it was rotated, or a file is another exchange's."""
    registered = key_directory.exchange_keys(connection)
    in_force = {one.usage: one.keyid for one in registered if one.state_at(now) is KeyState.ACTIVE}
    return any(in_force.get(usage, key.public.keyid) != key.public.keyid for usage, key in by_usage(keys).items())


def by_usage(keys: ExchangeKeys) -> dict[KeyUsage, SigningKey]:
    """Give the keys of the exchange by their use."""
    return {
        KeyUsage.STATEMENT_SIGNING: keys.statements,
        KeyUsage.DIRECTORY_SIGNING: keys.directory,
        KeyUsage.CHECKPOINT_SIGNING: keys.checkpoints,
    }


def own_key(key: SigningKey, usage: KeyUsage, since: datetime, replaces: str | None = None) -> ExchangeKey:
    """Give the record of a key of the exchange that counts from now on."""
    public = key.public
    return ExchangeKey(
        keyid=public.keyid,
        usage=usage,
        algorithm=public.algorithm,
        public_key=public.spki,
        state=KeyState.ACTIVE,
        registered_at=since,
        changed_at=since,
        activated_at=since,
        replaces=replaces,
    )


def record_key_event(connection: Connection, order: Order, happened: KeyEvent, now: datetime) -> None:
    """Record what happened to one key as event and leaf; the caller issues the directory, holds the lock and saves the order."""
    key = happened.key
    partner_id = key.partner_id if isinstance(key, PartnerKey) else None
    record = EventRecord(happened.event, now, partner_id, happened.credential_id, subject=key.keyid)
    events.add_events(connection, [record])
    document = {"type": "key-event", "event": happened.event.value, "key": entry(listed(key, _owner(connection, key), now))}
    record_in_log(connection, order, Recorded(LeafKind.KEY_EVENT, key.keyid, document), now)


def _owner(connection: Connection, key: PartnerKey | ExchangeKey) -> str:
    if isinstance(key, ExchangeKey):
        return members.this_exchange(connection).identity_id
    partner = members.partner_by_id(connection, key.partner_id)
    if partner is None:
        raise LookupError("a key of no partner")
    return partner.identity_id
