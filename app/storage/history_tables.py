"""The tables of what was so before it was changed in place: classes of versions, states of partners, members of groups.

Each row says what stood until a change; what was never changed has no row. Written in the transaction of the change, and only
added to. Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by
``tests/storage/test_history_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table

from app.storage.columns import Instant, Number
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

# ``position``: the change was made with this place of the order, so that whoever looked at a lower one saw what stands here.
version_past = Table(
    "version_past",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("class_id", Number, nullable=False),
    Column("visible_until", Instant, nullable=False),
    # Whether it had a place in the feed: an embargoed one has none.
    Column("is_out", Boolean, nullable=False),
    Column("until", Instant, nullable=False),
    Index(None, "position"),
)

# From ``since`` up to ``position`` the version was to be narrowed by a class, and was decided on as if it were.
narrowed_past = Table(
    "narrowed_past",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("narrowing_id", Number, primary_key=True, autoincrement=False),
    Column("class_id", Number, nullable=False),
    Column("since", Number, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("position", Number, nullable=False),
    Column("until", Instant, nullable=False),
)

# ``epoch``: the first policy epoch in which this was no longer so.
partner_past = Table(
    "partner_past",
    metadata,
    Column("change_id", Number, primary_key=True),
    partner_column(),
    Column("epoch", Number, nullable=False),
    Column("state", WORD, nullable=False),
    Column("until", Instant, nullable=False),
    Index(None, "partner_id", "epoch"),
)

# Of a partner, or of none, as in ``group_member``.
member_past = Table(
    "member_past",
    metadata,
    Column("change_id", Number, primary_key=True),
    Column("partner_id", ID, nullable=False),
    Column("group_id", ID, nullable=False),
    Column("epoch", Number, nullable=False),
    # False as well for one that was no member.
    Column("can_read", Boolean, nullable=False),
    Column("from_generation", Integer, nullable=False),
    Column("until", Instant, nullable=False),
    Index(None, "partner_id", "epoch"),
)

# From when on all this is kept; no row: from the first day.
history_start = Table(
    "history_start",
    metadata,
    Column("since", Instant, primary_key=True),
)
