"""The tables of recalls: what was withdrawn, whom it had been disclosed to, and how far the ledger was looked through for them.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_recall_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, WORD, metadata

recall = Table(
    "recall",
    metadata,
    Column("recall_id", Number, primary_key=True),
    # What its owner knows it by: the number would tell how much others withdraw.
    Column("public_id", ID, nullable=False, unique=True),
    Column("owner_id", ID, ForeignKey("partner.partner_id"), nullable=False),
    Column("reason", WORD, nullable=False),
    Column("act", WORD, nullable=False),
    Column("recalled_at", Instant, nullable=False),
    # Up to which number the disclosure ledger has to be looked through for recipients (null: not settled), and how far it was.
    Column("look_to", Number),
    Column("looked_to", Number, nullable=False),
    # When the notices went out to all of them.
    Column("notified_at", Instant),
    # What is called back: what was withdrawn, what a newer version (``successor_id``) corrects, or what somebody contests.
    Column("kind", WORD, nullable=False, server_default="withdrawal"),
    Column("contest_id", ID),
    Column("successor_id", Number),
    # When the dispute that a call is about stood no more.
    Column("ended_at", Instant),
    Index(None, "contest_id"),
    Index(None, "owner_id", "recall_id"),
    Index(None, "recalled_at"),
)

recall_version = Table(
    "recall_version",
    metadata,
    Column("recall_id", Number, primary_key=True, autoincrement=False),
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Index(None, "version_id"),
)

# Who was given which of the versions that are recalled, in whose feed (``feed_entry.feed``); encoded as in ``disclosure``.
recall_recipient = Table(
    "recall_recipient",
    metadata,
    Column("recall_id", Number, primary_key=True, autoincrement=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("feed", Number, primary_key=True, autoincrement=False),
    Column("versions", LargeBinary, nullable=False),
)

# To whom each notice is addressed, and in which feeds it stands for them.
recall_delivery = Table(
    "recall_delivery",
    metadata,
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("feed", Number, primary_key=True, autoincrement=False),
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("recall_id", Number, nullable=False),
    Index(None, "recall_id"),
)
