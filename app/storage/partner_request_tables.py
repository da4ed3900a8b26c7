"""The tables of requests between partners. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_partner_request_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from app.storage.columns import Instant, Number
from app.storage.member_tables import owner_column, partner_column
from app.storage.metadata import ID, STIX_ID, WORD, metadata

partner_request = Table(
    "partner_request",
    metadata,
    Column("request_id", ID, primary_key=True),
    owner_column(),
    Column("stix_id", STIX_ID, nullable=False),
    Column("version_id", Number, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("clock_id", WORD),
    Column("is_to_all", Boolean, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("lapses_at", Instant),
    Column("closed_at", Instant),
    # Which warnings were given, as JSON: by the name of the moment, the days before it.
    Column("warned", Text, nullable=False),
    # Of access alone: the others say so in their objects.
    Column("purpose", WORD),
    Column("legal_basis", WORD),
    UniqueConstraint("owner_id", "stix_id"),
    Index(None, "closed_at"),
)

partner_request_party = Table(
    "partner_request_party",
    metadata,
    Column("request_id", ID, ForeignKey("partner_request.request_id"), primary_key=True),
    Column("identity_id", STIX_ID, primary_key=True),
    # Whoever has the identity here; none, if nobody has.
    partner_column(nullable=True),
    Column("outcome", WORD),
    Column("answered_at", Instant),
    Column("reference", WORD),
    Column("object_ids", Text),
    Column("log_index", Integer),
    Column("way", WORD),
    Column("reason", WORD),
    # Of access alone, when whoever is asked was given the request first: the ledger has no object of the asker.
    Column("served_at", Instant),
    Index(None, "partner_id"),
)
