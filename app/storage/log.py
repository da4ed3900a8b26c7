"""The transparency log as rows: its leaves, and the statements that they commit to beside object versions.

Rows are added under the order lock, in the transaction of what they record, and never changed. Kept by
``tests/storage/test_log.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import log_leaf, log_statement, object_version


@dataclass(frozen=True, slots=True)
class Statement:
    """What a leaf commits to: the canonical text of a document of this kind about ``subject``, and the leaf's salt (32 bytes)."""

    log_index: int
    kind: str
    subject: str
    salt: bytes
    document: str


def add_statement(connection: Connection, value: Statement, leaf_hash: bytes, now: datetime) -> None:
    """Keep a statement and its leaf; the caller holds the order lock, under which the index was given."""
    connection.execute(insert(log_statement).values(**asdict(value)))
    leaf = {"log_index": value.log_index, "kind": value.kind, "leaf_hash": leaf_hash, "recorded_at": now}
    connection.execute(insert(log_leaf).values(**leaf))


def statements(connection: Connection, kind: str, subject: str) -> list[Statement]:
    """List the statements of a kind about a subject, oldest first."""
    where = (log_statement.c.kind == kind) & (log_statement.c.subject == subject)
    rows = connection.execute(select(log_statement).where(where).order_by(log_statement.c.log_index))
    return [Statement(*row) for row in rows]


def indexes_of(connection: Connection, kind: str, subjects: Collection[str]) -> dict[str, int]:
    """Give by subject where the log holds the statement of a kind about it; of several the newest."""
    columns = (log_statement.c.subject, log_statement.c.log_index)
    where = (log_statement.c.kind == kind) & log_statement.c.subject.in_(sorted(subjects))
    return {row.subject: row.log_index for row in connection.execute(select(*columns).where(where).order_by(columns[1]))}


def newest_statement(connection: Connection, kind: str) -> Statement | None:
    """Give the newest statement of a kind."""
    newest = select(log_statement).where(log_statement.c.kind == kind).order_by(log_statement.c.log_index.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else Statement(*row)


def statement_at(connection: Connection, log_index: int) -> Statement | None:
    """Give the statement that the leaf of this index commits to; None for an object version, or no such leaf."""
    row = connection.execute(select(log_statement).where(log_statement.c.log_index == log_index)).one_or_none()
    return None if row is None else Statement(*row)


def statements_between(connection: Connection, first: int, last: int) -> list[Statement]:
    """List the statements of the leaves from one index to another, both included, in their order."""
    within = log_statement.c.log_index.between(first, last)
    rows = connection.execute(select(log_statement).where(within).order_by(log_statement.c.log_index))
    return [Statement(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class VersionLeaf:
    """What the leaf of an object version commits to: the digest of what was signed, under its salt (32 bytes each)."""

    log_index: int
    salt: bytes
    digest: bytes


_LEAF = select(object_version.c.log_index, object_version.c.leaf_salt, object_version.c.payload_digest)
_LEAF = _LEAF.order_by(object_version.c.log_index)
_BY_ROW = Prepared(_LEAF.where(IsOneOf(object_version.c.version_id, "version_ids")))
_BY_INDEX = Prepared(_LEAF.where(IsOneOf(object_version.c.log_index, "log_indexes")))
_OWN = Prepared(
    _LEAF.where(
        object_version.c.owner_id == bindparam("owner_id"),
        object_version.c.stix_id == bindparam("stix_id"),
        object_version.c.version_key == bindparam("version_key"),
        object_version.c.submission_id != "",  # notices, which nobody submitted
    )
)


def leaves_of_versions(connection: Connection, version_ids: Collection[int]) -> list[VersionLeaf]:
    """Give the leaves of these rows: the caller knows that the reader sees them."""
    return _leaves(_BY_ROW.rows(connection, version_ids=sorted(version_ids)) if version_ids else [])


def leaves_at(connection: Connection, log_indexes: Collection[int]) -> list[VersionLeaf]:
    """Give the leaves of object versions at these indexes: the caller knows them from a receipt of its own."""
    return _leaves(_BY_INDEX.rows(connection, log_indexes=sorted(log_indexes)) if log_indexes else [])


def own_leaves(connection: Connection, owner_id: str, stix_id: str, version_key: str) -> list[VersionLeaf]:
    """Give the leaf of an owner's version, withdrawn or not; empty without one. What the exchange stated of it does not count."""
    return _leaves(_OWN.rows(connection, owner_id=owner_id, stix_id=stix_id, version_key=version_key))


def _leaves(rows: list[Any]) -> list[VersionLeaf]:
    return [VersionLeaf(index, bytes(salt), bytes(digest)) for index, salt, digest in rows]


def leaf_hashes(connection: Connection, first: int, count: int) -> list[bytes]:
    """Give the hashes of up to ``count`` leaves from index ``first`` on, in order; fewer at the end of the log."""
    index = log_leaf.c.log_index
    statement = select(log_leaf.c.leaf_hash).where(index >= first, index < first + count).order_by(index)
    return list(connection.execute(statement).scalars())
