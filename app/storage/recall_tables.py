"""The tables of recalls: what was withdrawn, whom it had been disclosed to, and how far the ledger was looked through for them.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_recall_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, WORD, metadata

recall = Table(
    "recall",
    metadata,
    Column("recall_id", Number, primary_key=True),
    Column("owner_id", ID, ForeignKey("partner.partner_id"), nullable=False),
    Column("reason", WORD, nullable=False),
    Column("act", WORD, nullable=False),
    Column("recalled_at", Instant, nullable=False),
    # How far the disclosure ledger was looked through for recipients, and when the notice went out to all of them.
    Column("looked_to", Number, nullable=False),
    Column("notified_at", Instant),
)

recall_version = Table(
    "recall_version",
    metadata,
    Column("recall_id", Number, primary_key=True, autoincrement=False),
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Index(None, "version_id"),
)

# Who was given something that is recalled, and in whose feed (``feed_entry.feed``).
recall_recipient = Table(
    "recall_recipient",
    metadata,
    Column("recall_id", Number, primary_key=True, autoincrement=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("feed", Number, primary_key=True, autoincrement=False),
)
