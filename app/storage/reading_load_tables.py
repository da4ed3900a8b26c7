"""Tables of what second readers take to read, and of attempts to sign in. Private to ``app.storage``.

Kept by ``tests/storage/test_reading_load_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from app.storage.columns import Instant
from app.storage.metadata import ID, metadata

# Who is reading which draft now. Without a foreign key: a draft that is discarded goes at once.
draft_taken = Table(
    "draft_taken",
    metadata,
    Column("draft_id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("person.person_id"), nullable=False),
    Column("until", Instant, nullable=False),
    Index(None, "until"),
)

# What each reader took on a day, for nobody but the reader; a week.
reading_load = Table(
    "reading_load",
    metadata,
    Column("person_id", ID, ForeignKey("person.person_id"), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("items", Integer, nullable=False),
    Column("since_break", Integer, nullable=False),
    Column("begun_at", Instant),
    Column("last_at", Instant),
    Index(None, "day"),
)

reading_limit = Table(
    "reading_limit",
    metadata,
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("items_a_day", Integer, nullable=False),
    Column("break_after_items", Integer, nullable=False),
    Column("break_after_minutes", Integer, nullable=False),
)

# Failures to sign in by password, by the network that they came from; an hour.
sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("network", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant, nullable=False),
    Index(None, "failed_at"),
)
