"""The tables of sharing groups: the groups, their members, and what was posted to them.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_sharing_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, metadata

sharing_group = Table(
    "sharing_group",
    metadata,
    Column("group_id", ID, primary_key=True),
    # The number of its feed; 0 is no group's.
    Column("feed", Number, nullable=False, unique=True),
    # Titles are unique for ever, also those of deleted groups.
    Column("title", String(100), nullable=False, unique=True),
    Column("description", Text, nullable=False),
    # The partner that manages it, null: the exchange's operators.
    Column("manager_id", ID, ForeignKey("partner.partner_id")),
    Column("shares_history", Boolean, nullable=False),
    # Grows when somebody joins a group that does not share its history: who joins sees what is posted from then on.
    Column("generation", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("deleted_at", Instant),
)

group_member = Table(
    "group_member",
    metadata,
    Column("group_id", ID, ForeignKey("sharing_group.group_id"), primary_key=True),
    # Of a partner, or of none: naming an id must not tell whether anybody has it.
    Column("partner_id", ID, primary_key=True),
    Column("can_read", Boolean, nullable=False),
    Column("can_write", Boolean, nullable=False),
    Column("from_generation", Integer, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Index(None, "partner_id"),
)

# A version's membership in a group's collection, at its place in that collection's feed; no place while it is under embargo.
group_posting = Table(
    "group_posting",
    metadata,
    Column("feed", Number, primary_key=True, autoincrement=False),
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("position", Number),
    Column("added_at", Instant),
    Index(None, "version_id"),
    Index(None, "feed", "position", unique=True, postgresql_include=["version_id", "generation"]),
)
