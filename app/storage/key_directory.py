"""The exchange's own keys, and the versions of the directory that lists all keys. Versions are only added.

Kept by ``tests/storage/test_key_directory.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.partner import ExchangeKey
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from app.storage.tables import exchange_key, key_directory


@dataclass(frozen=True, slots=True)
class DirectoryVersion:
    """A version as it was issued: ``envelope`` is JSON text, None while it is owed; ``keyid`` the directory key it lists."""

    version: int
    keyid: str
    envelope: str | None
    issued_at: datetime
    expires_at: datetime


def add_exchange_key(connection: Connection, value: ExchangeKey) -> None:
    """Keep a new key of the exchange."""
    connection.execute(insert(exchange_key).values(**asdict(value)))


def exchange_keys(connection: Connection, usage: KeyUsage | None = None) -> list[ExchangeKey]:
    """List the exchange's keys, of one usage or all, oldest first."""
    statement = select(exchange_key).order_by(exchange_key.c.registered_at, exchange_key.c.keyid)
    if usage is not None:
        statement = statement.where(exchange_key.c.usage == usage)
    return [_key(row._asdict()) for row in connection.execute(statement)]


def exchange_key_by_id(connection: Connection, keyid: str) -> ExchangeKey | None:
    """Give one key of the exchange, whatever its state."""
    row = connection.execute(select(exchange_key).where(exchange_key.c.keyid == keyid)).one_or_none()
    return None if row is None else _key(row._asdict())


def end_exchange_key(connection: Connection, keyid: str, state: KeyState, ends_at: datetime, now: datetime) -> None:
    """Let a key of the exchange end at a moment; ``state`` is what it is from now on."""
    values = {"state": state, "not_after": ends_at, "changed_at": now}
    connection.execute(update(exchange_key).where(exchange_key.c.keyid == keyid).values(values))


def add_version(connection: Connection, value: DirectoryVersion) -> None:
    """Keep a version; the order lock must be held, so that versions never tie."""
    connection.execute(insert(key_directory).values(**asdict(value)))


def newest_version(connection: Connection) -> DirectoryVersion | None:
    """Give the newest version, owed or issued; None before the first."""
    row = connection.execute(select(key_directory).order_by(key_directory.c.version.desc()).limit(1)).one_or_none()
    return None if row is None else DirectoryVersion(**row._asdict())


def version_by_number(connection: Connection, version: int) -> DirectoryVersion | None:
    """Give one version, None if there is none of this number."""
    row = connection.execute(select(key_directory).where(key_directory.c.version == version)).one_or_none()
    return None if row is None else DirectoryVersion(**row._asdict())


def rotations(connection: Connection) -> list[int]:
    """List the issued versions since which another directory key signs, ascending; the first version is none of them."""
    first = func.min(key_directory.c.version)
    statement = select(first).where(key_directory.c.envelope.is_not(None)).group_by(key_directory.c.keyid).order_by(first)
    return list(connection.execute(statement).scalars())[1:]


def _key(row: Mapping[str, Any]) -> ExchangeKey:
    words = {"algorithm": KeyAlgorithm, "state": KeyState, "usage": KeyUsage}
    return ExchangeKey(**{**row, **{name: known(row[name]) for name, known in words.items()}})
