"""The tables of webhooks. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_webhook_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from app.storage.columns import Instant
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

webhook = Table(
    "webhook",
    metadata,
    Column("webhook_id", ID, primary_key=True),
    partner_column(),
    Column("host", String(253), nullable=False),
    Column("cadence_minutes", Integer, nullable=False),
    # URL and secrets, sealed with the keys of cursors.
    Column("sealed", Text, nullable=False),
    Column("state", WORD, nullable=False),
    Column("cause", WORD),
    Column("created_at", Instant, nullable=False),
    Column("tested_at", Instant),
    # When it is called next; until when somebody is at it; which piece of work on the ledger is the one that calls it.
    Column("next_at", Instant, nullable=False),
    Column("called_until", Instant),
    Column("turn", Integer, nullable=False),
    Index(None, "partner_id", "created_at"),
)

webhook_message = Table(
    "webhook_message",
    metadata,
    Column("message_id", ID, primary_key=True),
    Column("webhook_id", ID, ForeignKey("webhook.webhook_id"), nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("tried_since", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", WORD, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("outcome", WORD),
    Column("ended_at", Instant),
    Index(None, "webhook_id", "state", "due_at"),
)
