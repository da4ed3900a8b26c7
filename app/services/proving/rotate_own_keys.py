"""Replacing a key of the exchange itself, on its own machine: what is signed with which key from which leaf of the log on.

Owns that the record, the log's leaves, the directory (signed by both keys where its own is replaced) and the first checkpoint of
a new key go together. Where the private halves lie is the caller's. Kept by ``tests/services/proving/test_rotate_own_keys.py``;
``docs/operations.md``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.errors import ConflictError, UnavailableError
from app.domain.events import Event
from app.domain.partner import ExchangeKey
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.exchange import Exchange, ExchangeKeys
from app.services.proving.checkpoints import make_checkpoint
from app.services.proving.issue_directory import issue_directory
from app.services.proving.kept_checkpoint import compare, follow_in_kept
from app.services.proving.key_events import KeyEvent, by_usage, ensure_own_keys, own_key, record_key_event
from app.storage import credentials, key_directory
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.session import Connection, Database
from breakwater_client.trust.keys import PublicKey, SigningKey, public_key_from_spki

__all__ = ["SigningKey", "finish_rotation", "held_keyid", "list_own_keys", "registered_usages", "rotate_own_key"]

_MEMBERS = {
    KeyUsage.STATEMENT_SIGNING: "statements",
    KeyUsage.DIRECTORY_SIGNING: "directory",
    KeyUsage.CHECKPOINT_SIGNING: "checkpoints",
}


def list_own_keys(exchange: Exchange) -> list[ExchangeKey]:
    """List the exchange's keys, those that were replaced too, oldest first; on the exchange's machine."""
    with exchange.database.read() as connection:
        return key_directory.exchange_keys(connection)


def held_keyid(exchange: Exchange, usage: KeyUsage) -> str:
    """Give the id of the key that this machine holds for a use. Raises ``UnavailableError`` while the signer is away."""
    return by_usage(exchange.keys)[usage].public.keyid


def rotate_own_key(exchange: Exchange, usage: KeyUsage, new: SigningKey) -> ExchangeKey:
    """Let ``new`` take the place of the key that ``exchange`` holds for a use, from now on. Gives its record.

    Servers that hold the old key are not ready from then on: they are stopped before, and started with the new one.

    Raises:
        ConflictError: the key that is held is not in force, the new one is known already, or the exchange is read-only.
        UnavailableError: the signer is away.
    """
    if compare(exchange) is not None:
        raise ConflictError("The exchange is read-only: its log comes first, then its keys.")
    old, now, keys = by_usage(exchange.keys)[usage], exchange.clock(), _with(exchange.keys, usage, new)
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        ensure_own_keys(connection, order, exchange.keys, now)
        added = _replaced(connection, order, old.public, own_key(new, usage, now, old.public.keyid))
        issue_directory(connection, keys, now, also=[old] if usage is KeyUsage.DIRECTORY_SIGNING else [])
        _require_issued(connection)
        save_order(connection, order)
        if usage is KeyUsage.CHECKPOINT_SIGNING:
            make_checkpoint(connection, new, now)
    finish_rotation(exchange, usage, old.public.keyid, new)
    return added


def finish_rotation(exchange: Exchange, usage: KeyUsage, old_keyid: str, new: SigningKey) -> None:
    """Do what follows the commit of a rotation, again if it was cut off: a new checkpoint key's first checkpoint is kept.

    Raises:
        ConflictError: the log is not what the kept checkpoint says.
    """
    if usage is not KeyUsage.CHECKPOINT_SIGNING:
        return
    with exchange.database.read() as connection:
        old = key_directory.exchange_key_by_id(connection, old_keyid)
    if old is not None:
        follow_in_kept(replace(exchange, keys=_with(exchange.keys, usage, new)), public_key_from_spki(old.public_key))


def registered_usages(database_url: str) -> set[KeyUsage]:
    """Give for which uses a migrated database knows a key of the exchange; asked before there are keys to open it with."""
    database = Database(database_url)
    try:
        with database.read() as connection:
            return {one.usage for one in key_directory.exchange_keys(connection)}
    finally:
        database.dispose()


def _replaced(connection: Connection, order: Order, old: PublicKey, added: ExchangeKey) -> ExchangeKey:
    now = added.registered_at
    held = key_directory.exchange_key_by_id(connection, old.keyid)
    if held is None or held.usage is not added.usage or held.state_at(now) is not KeyState.ACTIVE:
        raise ConflictError("The key that this machine holds for this use is not the one in force.")
    if key_directory.exchange_key_by_id(connection, added.keyid) or credentials.key_by_id(connection, added.keyid):
        raise ConflictError("The new key is known already: a key is used once.")
    key_directory.add_exchange_key(connection, added)
    key_directory.end_exchange_key(connection, old.keyid, KeyState.RETIRED, now, now)
    ended = replace(held, state=KeyState.RETIRED, not_after=now, changed_at=now)
    for event, key in ((Event.KEY_RETIRE, ended), (Event.KEY_ROTATE, added)):
        record_key_event(connection, order, KeyEvent(event, key), now)
    return added


def _require_issued(connection: Connection) -> None:
    """A version that is owed would be signed by the new key alone, and nothing would lead to it from the one before."""
    newest = key_directory.newest_version(connection)
    if newest is None or newest.envelope is None:
        raise UnavailableError("The directory cannot be signed just now: nothing was replaced.")


def _with(keys: ExchangeKeys, usage: KeyUsage, new: SigningKey) -> ExchangeKeys:
    changed: dict[str, Any] = {_MEMBERS[usage]: new}
    return replace(keys, **changed)
