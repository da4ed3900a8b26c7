"""The transparency log as rows: its leaves, and the statements that they commit to beside object versions.

Rows are added under the order lock, in the transaction of what they record, and never changed. Kept by
``tests/storage/test_log.py``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from app.storage.tables import log_leaf, log_statement


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


def leaf_hashes(connection: Connection, first: int, count: int) -> list[bytes]:
    """Give the hashes of up to ``count`` leaves from index ``first`` on, in order; fewer at the end of the log."""
    index = log_leaf.c.log_index
    statement = select(log_leaf.c.leaf_hash).where(index >= first, index < first + count).order_by(index)
    return list(connection.execute(statement).scalars())
