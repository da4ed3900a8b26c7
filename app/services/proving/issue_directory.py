"""Issuing the directory of keys: a new version in the transaction of whatever changes a key, and one every day.

Owns what is listed and when a version is made. A version that cannot be signed now, since the signer is away or this server still
holds a directory key that was rotated, is owed: until it is made readers get none, never one that says less than is known.
Kept by ``tests/services/proving/test_issue_directory.py``; decision 27.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import UnavailableError
from app.domain.partner import ExchangeKey, PartnerKey
from app.services.exchange import ExchangeKeys
from app.services.proving.overlap_keys import listed_overlap_key
from app.storage import credentials, key_directory, members, work
from app.storage.counter import take_order_lock
from app.storage.key_directory import DirectoryVersion
from app.storage.session import Connection
from breakwater_client.trust.key_directory import LIFE, Directory, DirectoryKey, sign_directory
from breakwater_client.trust.keys import SigningKey, public_key_from_spki, signed_last

KEEP_DIRECTORY = "keep-directory"
EVERY = timedelta(days=1)
_SOON = timedelta(seconds=5)


def issue_directory(connection: Connection, keys: ExchangeKeys, now: datetime, also: Sequence[SigningKey] = ()) -> None:
    """Make the next version of the directory; the caller holds the order lock.

    ``also`` signs beside the directory key: the one before it, in the version that follows its rotation.
    """
    version = _next_version(connection, [*also, keys.directory], now)
    key_directory.add_version(connection, version)
    if version.envelope is None:
        work.add_work(connection, KEEP_DIRECTORY, {"once": True}, now)


def owe_directory(connection: Connection, now: datetime) -> None:
    """Let the next version be owed, by whoever has no key to sign it; the work ledger makes it. Order lock held."""
    key_directory.add_version(connection, _next_version(connection, [], now))
    work.add_work(connection, KEEP_DIRECTORY, {"once": True}, now)


def keep_directory(keys: ExchangeKeys, connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Make the version that is owed, or the daily one. Gives when to look again; None for work that was put there once."""
    take_order_lock(connection)
    last = key_directory.newest_version(connection)
    if last is None or last.envelope is None or last.issued_at + EVERY <= now:
        last = _next_version(connection, [keys.directory], now)
        if last.envelope is None:
            return now + _SOON  # it is owed already, or the one before is still good
        key_directory.add_version(connection, last)
    return None if payload.get("once") else last.issued_at + EVERY


def listed(key: PartnerKey | ExchangeKey, owner: str, now: datetime) -> DirectoryKey:
    """Give a key as the directory lists it, and as the log records what happens to it."""
    return DirectoryKey(
        public_key=public_key_from_spki(key.public_key),
        usage=key.usage,
        owner=owner,
        state=key.state_at(now),
        registered_at=key.registered_at,
        activated_at=key.activated_at,
        not_before=key.not_before,
        not_after=key.not_after,
        compromised_since=key.compromised_since,
        reported_at=key.reported_at,
        replaces=key.replaces,
    )


def _next_version(connection: Connection, signers: Sequence[SigningKey], now: datetime) -> DirectoryVersion:
    """Give the next version; the last of ``signers`` is the directory key that this server holds. Without any it is owed."""
    last = key_directory.newest_version(connection)
    number = max(last.version if last else 0, _signed_version(signers)) + 1
    directory = _directory(connection, number, now, is_rotation=len(signers) > 1)
    keyid, envelope = directory.signing_key.keyid, _signed(directory, signers)
    return DirectoryVersion(directory.version, keyid, envelope, directory.issued_at, directory.expires_at)


def _signed_version(signers: Sequence[SigningKey]) -> int:
    """Give the number that the signer signed last: one whose transaction was rolled back is used up, whatever it said."""
    try:
        signed = [signed_last(one) for one in signers]
    except UnavailableError:
        return 0
    return max((int(one["version"]) for one in signed if one is not None), default=0)


def _directory(connection: Connection, version: int, now: datetime, *, is_rotation: bool) -> Directory:
    home = members.this_exchange(connection)
    rotations = [*key_directory.rotations(connection), *([version] if is_rotation else [])]
    return Directory(
        exchange=home.exchange_id,
        version=version,
        issued_at=now,
        expires_at=now + LIFE,
        log_origin=f"breakwater-exchange/{home.exchange_id}",
        rotations=tuple(rotations),
        keys=tuple(_keys(connection, home.identity_id, now)),
        overlap=listed_overlap_key(connection),
    )


def _keys(connection: Connection, home: str, now: datetime) -> Iterator[DirectoryKey]:
    """Give all keys that count or did: the exchange's, then partners', oldest first. A key that never counted is nobody's."""
    for one in key_directory.exchange_keys(connection):
        yield listed(one, home, now)
    owners = {partner.partner_id: partner.identity_id for partner in members.partners(connection)}
    for key in credentials.keys(connection, None):
        if key.activated_at is not None:
            yield listed(key, owners[key.partner_id], now)


def _signed(directory: Directory, signers: Sequence[SigningKey]) -> str | None:
    if not signers or directory.signing_key.keyid != signers[-1].public.keyid:
        return None  # the key was rotated, and this server was not started again since
    try:
        return json.dumps(sign_directory(directory, signers), separators=(",", ":"))
    except UnavailableError:
        return None
