"""The table of reasons that people state when they stop something; only added to.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_reason_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from app.storage.columns import Instant, Number
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

stated_reason = Table(
    "stated_reason",
    metadata,
    Column("reason_id", Number, primary_key=True),
    Column("stop", WORD, nullable=False),
    # The id of a partner or credential, or the number of an agreement's version.
    Column("subject", String(128), nullable=False),
    partner_column(nullable=True),
    Column("person_id", ID),
    Column("said_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "partner_id"),
    Index(None, "stop", "subject"),
)
