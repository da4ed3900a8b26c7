"""The tables of groups' keys. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_group_key_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, WORD, metadata

group_key = Table(
    "group_key",
    metadata,
    Column("group_id", ID, ForeignKey("sharing_group.group_id"), primary_key=True),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("epoch", WORD, nullable=False),
    # The key, sealed with the keys of cursors; it is nowhere else.
    Column("sealed", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("cause", WORD, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "ended_at"),
)

# For how long a group's keys last, where its manager said so.
group_key_terms = Table(
    "group_key_terms",
    metadata,
    Column("group_id", ID, ForeignKey("sharing_group.group_id"), primary_key=True),
    Column("epoch_days", Integer, nullable=False),
    # The number of the newest epoch there ever was; numbers are never given out twice.
    Column("newest", Integer, nullable=False),
)

# Which partner fetched which key, so that it is given it again, and that the next one begins when it leaves.
group_key_holder = Table(
    "group_key_holder",
    metadata,
    Column("group_id", ID, primary_key=True),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("fetches", Integer, nullable=False),
    ForeignKeyConstraint(["group_id", "number"], ["group_key.group_id", "group_key.number"]),
    Index(None, "partner_id"),
)
