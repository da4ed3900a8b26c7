"""The table of saved searches. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_search_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text, UniqueConstraint

from app.storage.columns import Instant, Number
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

saved_search = Table(
    "saved_search",
    metadata,
    Column("search_id", ID, primary_key=True),
    partner_column(),
    Column("name", String(100), nullable=False),
    Column("words", Text),
    Column("filters", Text, nullable=False),
    # For whom its places in the feed are true: its partner, for this purpose, up to this ceiling.
    Column("purpose", WORD, nullable=False),
    Column("tlp_ceiling", WORD, nullable=False),
    Column("position", Number, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", ID, nullable=False),
    Column("seen_at", Instant),
    UniqueConstraint("partner_id", "name"),
)
