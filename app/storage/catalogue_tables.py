"""The tables of the catalogue: releases, their signed objects, proposals and reviews. Private to ``app.storage``.

Kept by ``tests/storage/test_catalogue_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text, UniqueConstraint

from app.storage.columns import Instant, Number, SortKey
from app.storage.metadata import ID, STIX_ID, WORD, metadata

catalogue_release = Table(
    "catalogue_release",
    metadata,
    Column("release", Number, primary_key=True, autoincrement=False),
    # RFC 8785 text, of which ``digest`` is the hexadecimal SHA-256; ``envelope`` is what the exchange states of it.
    Column("document", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("envelope", Text, nullable=False),
    Column("released_at", Instant, nullable=False),
    Column("log_index", Number, nullable=False),
    # None: with which an exchange begins.
    Column("credential_id", ID),
)

catalogue_object = Table(
    "catalogue_object",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("stix_id", STIX_ID, nullable=False),
    Column("version", String(80), nullable=False),
    Column("version_key", SortKey, nullable=False),
    Column("release", Number, ForeignKey("catalogue_release.release"), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("stix_id", "version_key"),
)

catalogue_proposal = Table(
    "catalogue_proposal",
    metadata,
    Column("proposal_id", ID, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("entry", WORD, nullable=False),
    Column("code", String(6)),
    Column("document", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("based_on", Number, ForeignKey("catalogue_release.release"), nullable=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id")),
    Column("person_id", ID, ForeignKey("person.person_id")),
    Column("credential_id", ID, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("state", WORD, nullable=False),
    Column("settled_at", Instant),
    Column("release", Number, ForeignKey("catalogue_release.release")),
    Index(None, "proposed_at", "proposal_id"),
)

catalogue_review = Table(
    "catalogue_review",
    metadata,
    Column("proposal_id", ID, ForeignKey("catalogue_proposal.proposal_id"), primary_key=True),
    # One review of each organisation, whatever asks at once.
    Column("organisation", ID, primary_key=True),
    Column("partner_id", ID, ForeignKey("partner.partner_id")),
    Column("person_id", ID, ForeignKey("person.person_id"), nullable=False),
    Column("credential_id", ID, nullable=False),
    Column("verdict", WORD, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reviewed_at", Instant, nullable=False),
)
