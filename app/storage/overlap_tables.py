"""The tables of overlap checks and deconfliction. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Contacts are referred to without foreign keys: who is removed is erased, whoever named them. Kept by
``tests/storage/test_overlap_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint

from app.storage.columns import Instant
from app.storage.member_tables import partner_column
from app.storage.metadata import ID, WORD, metadata

_EPOCH = String(64)

# What a partner says that it holds, within one sharing group. Of a token there is a digest, which nobody can ask with.
overlap_token = Table(
    "overlap_token",
    metadata,
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("group_id", ID, ForeignKey("sharing_group.group_id"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("epoch", _EPOCH, nullable=False),
    Column("contact_id", ID),
    Column("until", Instant, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Index(None, "group_id", "digest"),
    Index(None, "until"),
)

# What a law-enforcement agency has an interest in. The digest is wiped when the interest ends.
deconfliction_interest = Table(
    "deconfliction_interest",
    metadata,
    Column("interest_id", ID, primary_key=True),
    partner_column(),
    Column("epoch", _EPOCH, nullable=False),
    Column("digest", LargeBinary),
    Column("kind", WORD, nullable=False),
    Column("contact_id", ID, nullable=False),
    Column("until", Instant, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("ended_at", Instant),
    # An interest that has ended has no digest, and any number of those may be there.
    UniqueConstraint("partner_id", "digest"),
    Index(None, "digest"),
    Index(None, "until"),
)

# That two interests are in the same; it outlives both, so that neither agency learns of it alone.
deconfliction_meeting = Table(
    "deconfliction_meeting",
    metadata,
    Column("meeting_id", ID, primary_key=True),
    Column("first", ID, nullable=False),
    Column("first_partner", ID, ForeignKey("partner.partner_id"), nullable=False),
    Column("second", ID, nullable=False),
    Column("second_partner", ID, ForeignKey("partner.partner_id"), nullable=False),
    Column("met_at", Instant, nullable=False),
    Column("forget_at", Instant, nullable=False),
    UniqueConstraint("first", "second"),
    Index(None, "first_partner"),
    Index(None, "second_partner"),
    Index(None, "forget_at"),
)
