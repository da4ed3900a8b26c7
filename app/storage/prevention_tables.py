"""The tables of the prevention loop. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_prevention_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, Text, UniqueConstraint

from app.storage.columns import Instant, Number
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

_CODE = String(6)

adoption = Table(
    "adoption",
    metadata,
    Column("adoption_id", ID, primary_key=True),
    partner_column(),
    Column("surface", WORD, nullable=False),
    Column("countermeasure", _CODE, nullable=False),
    Column("state", WORD, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("declared_at", Instant, nullable=False),
    # Each partner's last word on each; what it said before is not kept.
    UniqueConstraint("partner_id", "surface", "countermeasure"),
)

effect = Table(
    "effect",
    metadata,
    Column("effect_id", ID, primary_key=True),
    partner_column(),
    Column("surface", WORD, nullable=False),
    Column("countermeasure", _CODE, nullable=False),
    Column("behaviour", _CODE, nullable=False),
    Column("band", WORD, nullable=False),
    Column("evidence", WORD, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("declared_at", Instant, nullable=False),
    UniqueConstraint("partner_id", "surface", "countermeasure", "behaviour"),
)

# How each cell of the released tables was last decided (``policy.aggregates``): which partners, as JSON. Nobody is served this.
cell_standing = Table(
    "cell_standing",
    metadata,
    Column("measure", WORD, primary_key=True),
    Column("surface", WORD, primary_key=True),
    Column("behaviour", _CODE, primary_key=True),
    Column("countermeasure", _CODE, primary_key=True),
    Column("members", Text, nullable=False),
    Column("need", Integer, nullable=False),
    Column("outside", Integer, nullable=False),
    Column("is_dominated", Boolean, nullable=False),
    Column("decided_in", Integer, nullable=False),
)

# Releases, whole, as they were signed: the DSSE envelope as JSON text. Never changed.
prevention_release = Table(
    "prevention_release",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("released_at", Instant, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("log_index", Number, nullable=False),
)
