"""The table of the work ledger, and of what work has warned of.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_work_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, WORD, metadata

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
    # Whose turn it takes: among partners, whoever waited longest comes first.
    Column("partner_id", ID),
    # When it was to be done: unlike ``due_at`` it is not put off by failures.
    Column("wanted_at", Instant),
    # Who had it last, and since when; by the clock of the database, as leases.
    Column("claimed_at", Instant),
    Column("claimed_by", String(128)),
    # When a broker was last told of it.
    Column("announced_at", Instant),
    # The last failure: its kind and places, never its text.
    Column("failure", String(500)),
    # When it was done, buried or cancelled.
    Column("ended_at", Instant),
    Index(None, "state", "due_at"),
    Index(None, "state", "attempts"),
    Index(None, "partner_id", "claimed_at"),
)

expiry_warning = Table(
    "expiry_warning",
    metadata,
    Column("credential_id", ID, ForeignKey("credential.credential_id"), primary_key=True),
    # So many days before its end.
    Column("days", Number, primary_key=True, autoincrement=False),
    Column("warned_at", Instant, nullable=False),
)
