"""The table of the work ledger.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_work_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import WORD, metadata

work = Table(
    "work",
    metadata,
    Column("work_id", Number, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", WORD, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Number, nullable=False),
    Column("leased_until", Instant),
    Index(None, "state", "due_at"),
)
