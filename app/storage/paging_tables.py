"""The tables of calls: contacts, pages, alarms and mails.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_paging_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, WORD, metadata


def _partner(name: str = "partner_id", *, nullable: bool = False) -> Column[str]:
    return Column(name, ID, ForeignKey("partner.partner_id"), nullable=nullable)


contact = Table(
    "contact",
    metadata,
    Column("contact_id", ID, primary_key=True),
    _partner(),
    Column("rank", Integer, nullable=False),
    Column("label", String(100), nullable=False),
    Column("email", String(254), nullable=False),
    Column("phone", String(40)),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("partner_id", "rank"),
)

page = Table(
    "page",
    metadata,
    Column("page_id", ID, primary_key=True),
    _partner(),
    _partner("submitter_id"),
    Column("submission_id", ID, nullable=False),
    Column("versions", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("turn_at", Instant),
    Column("rank", Integer, nullable=False),
    # No reference: a contact can be removed, and what was done stays.
    Column("contact_id", ID),
    Column("acknowledge_by", Instant),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", ID),
    Column("escalated_at", Instant),
    Column("ended_at", Instant),
    Index(None, "turn_at"),
    Index(None, "partner_id", "made_at"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("alarm_id", ID, primary_key=True),
    Column("code", WORD, nullable=False),
    _partner(nullable=True),
    Column("subject", String(128)),
    Column("pointer", Text),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("count", Number, nullable=False),
    Index(None, "partner_id", "code", "due_at"),
)

mail = Table(
    "mail",
    metadata,
    Column("mail_id", ID, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("contact_id", ID),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", WORD, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Number, nullable=False),
    Column("leased_until", Instant),
    Column("sent_at", Instant),
    Column("failed_at", Instant),
    Column("failure", WORD),
    Index(None, "state", "due_at"),
    Index(None, "subject_id"),
    Index(None, "contact_id"),
)
