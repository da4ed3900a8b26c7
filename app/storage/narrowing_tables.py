"""The tables of later narrowing: what depends on whose statements, and what is still to become narrower.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by
``tests/storage/test_narrowing_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, STIX_ID, metadata

# Whose statements under which ids narrowed a version when it was admitted: written once, and never changed by what arrives later.
narrowed_by = Table(
    "narrowed_by",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("owner_id", ID, primary_key=True),
    Column("stix_id", STIX_ID, primary_key=True),
    Index(None, "owner_id", "stix_id", "version_id"),
)

# A version became narrower than what depends on it. The number is the position of the feed at which that happened.
narrowing = Table(
    "narrowing",
    metadata,
    Column("narrowing_id", Number, primary_key=True, autoincrement=False),
    Column("newest_version_id", Number, nullable=False),
    Column("class_id", Number, nullable=False),
    # How far it was traced: members of this depth, up to this version; then all of them.
    Column("depth", Integer, nullable=False),
    Column("traced_to", Number, nullable=False),
    Column("traced", Boolean, nullable=False),
    Column("moved", Number, nullable=False),
)

# The versions that must still become as narrow.
narrowing_member = Table(
    "narrowing_member",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("narrowing_id", Number, primary_key=True, autoincrement=False),
    Column("depth", Integer, nullable=False),
    Index(None, "narrowing_id", "depth", "version_id"),
    # Last, where a migration puts it: from when on it is one; null in what was found before that was kept.
    Column("since", Number),
    Column("since_at", Instant),
)

# From which viewpoints the members of a narrowing are hidden until it is done.
veil = Table(
    "veil",
    metadata,
    Column("viewpoint_id", Number, primary_key=True, autoincrement=False),
    Column("narrowing_id", Number, primary_key=True, autoincrement=False),
    Column("hides_own", Boolean, nullable=False),
)
