"""The tables of retention: what is left of erased versions, and what may not be erased.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_retention_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, STIX_ID, WORD, metadata

# What is remembered of a version whose content was erased: numbers of ours, and nothing by which anybody could be found.
erased_version = Table(
    "erased_version",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("log_index", Number, nullable=False, unique=True),
    Column("owner_id", ID, ForeignKey("partner.partner_id"), nullable=False),
    Column("reason", WORD, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("erased_at", Instant, nullable=False),
    # The leaf that records it; null: it was applied again to a database that was brought back, and is still to be logged.
    Column("logged_in", Number),
    # When the row of the version itself went; null while a recall still needs its names.
    Column("finished_at", Instant),
    Index(None, "logged_in"),
    Index(None, "finished_at", "version_id"),
    Index(None, "erased_at"),
)

# What the sweep and erasure leave alone: objects under an id, all of an owner, or what a recall called back.
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("hold_id", ID, primary_key=True),
    # One of the three; the id of an object goes when the hold is lifted.
    Column("stix_id", STIX_ID),
    Column("owner_id", ID, ForeignKey("partner.partner_id")),
    Column("recall_id", ID),
    # The authority's own reference to its order, and not the order.
    Column("reference", String(200), nullable=False),
    Column("placed_by", ID, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("lifted_by", ID),
    Column("lifted_at", Instant),
    Column("lifted_reason", Text),
    Index(None, "stix_id"),
    Index(None, "lifted_at"),
)
