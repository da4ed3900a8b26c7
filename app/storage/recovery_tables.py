"""The table of recoveries of what people sign in with. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_recovery_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from app.storage.columns import Instant
from app.storage.metadata import ID, WORD, metadata

recovery = Table(
    "recovery",
    metadata,
    Column("recovery_id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("person.person_id"), nullable=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id")),
    # Texts of those who decide; emptied 90 days later.
    Column("reason", Text, nullable=False),
    Column("recognised", Text, nullable=False),
    Column("state", WORD, nullable=False),
    Column("proposed_by", ID, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("decided_by", ID),
    Column("decided_at", Instant),
    Column("used_at", Instant),
    Index(None, "person_id"),
    Index(None, "partner_id", "proposed_at"),
)
