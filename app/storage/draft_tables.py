"""The table of drafts. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_draft_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from app.storage.columns import Instant
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

draft = Table(
    "draft",
    metadata,
    Column("draft_id", ID, primary_key=True),
    partner_column(),
    Column("author_id", ID, ForeignKey("person.person_id"), nullable=False),
    Column("state", WORD, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("form", Text, nullable=False),
    # What it came to when it was handed over, in canonical JSON, and its SHA-256 in hexadecimal.
    Column("frozen", Text),
    Column("digest", String(64)),
    Column("handed_over_at", Instant),
    Column("reviewer_id", ID),
    Column("reviewed_at", Instant),
    Column("remark", Text),
    Column("signing_task_id", ID),
    Index(None, "partner_id", "state"),
    Index(None, "author_id"),
    Index(None, "changed_at"),
)
