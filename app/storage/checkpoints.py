"""Checkpoints of the log, one row for each size at which one was signed. Rows are only added.

Does not verify what a note says. Kept by ``tests/storage/test_checkpoints.py``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from app.storage.trust_tables import checkpoint


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A signed note about the tree over the first ``tree_size`` leaves, and up to which number it covers the ledger."""

    tree_size: int
    root_hash: bytes
    note: str
    made_at: datetime
    disclosed_to: int


_COLUMNS = [checkpoint.c[name] for name in KeptCheckpoint.__dataclass_fields__]


def add_checkpoint(connection: Connection, value: KeptCheckpoint) -> None:
    """Keep a checkpoint; the caller holds the order lock, and there is none of this size yet."""
    connection.execute(insert(checkpoint).values(asdict(value)))


def newest_checkpoint(connection: Connection) -> KeptCheckpoint | None:
    """Give the checkpoint of the largest tree; None before the first."""
    row = connection.execute(select(*_COLUMNS).order_by(checkpoint.c.tree_size.desc()).limit(1)).one_or_none()
    return None if row is None else KeptCheckpoint(*row)


def first_checkpoint_from(connection: Connection, size: int) -> KeptCheckpoint | None:
    """Give the checkpoint of the smallest tree of at least ``size`` leaves; None if there is none yet."""
    statement = select(*_COLUMNS).where(checkpoint.c.tree_size >= size).order_by(checkpoint.c.tree_size).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else KeptCheckpoint(*row)


def checkpoint_of_size(connection: Connection, size: int) -> KeptCheckpoint | None:
    """Give the checkpoint of exactly this size; None without one."""
    found = first_checkpoint_from(connection, size)
    return found if found is not None and found.tree_size == size else None
