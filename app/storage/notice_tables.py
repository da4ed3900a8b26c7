"""The tables of notices: what each says and to whom, by when it is to be answered, and what was answered; and of contests.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_notice_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, STIX_ID, WORD, metadata

# A notice that went out. ``version_id`` is its own row, ``versions`` are those that it calls back; encoded as in ``disclosure``.
notice = Table(
    "notice",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("notice_id", STIX_ID, nullable=False, unique=True),
    Column("recall_id", Number, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("versions", LargeBinary, nullable=False),
    Index(None, "recall_id"),
)

# Who has to answer a notice, and by when.
notice_addressee = Table(
    "notice_addressee",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("answered_at", Instant),
    # When the next step of the chase is due; null: none is.
    Column("chase_at", Instant),
    Column("chased", WORD),
    Index(None, "partner_id", "answered_at"),
    Index(None, "chase_at"),
)

# Every answer as it came. ``envelope`` and ``keyid`` are null for what an operator entered for a partner.
notice_answer = Table(
    "notice_answer",
    metadata,
    Column("answer_id", ID, primary_key=True),
    Column("version_id", Number, nullable=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id"), nullable=False),
    Column("answered_at", Instant, nullable=False),
    # When its author says it was made; null for what an operator entered.
    Column("made_at", Instant),
    Column("credential_id", ID, nullable=False),
    Column("keyid", String(64)),
    Column("payload_digest", LargeBinary(32), nullable=False),
    Column("envelope", Text),
    Column("log_index", Number, nullable=False),
    Index(None, "version_id", "partner_id"),
)

# What now counts of a partner's answers, version by version.
notice_outcome = Table(
    "notice_outcome",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("recalled_id", Number, primary_key=True, autoincrement=False),
    Column("outcome", WORD, nullable=False),
    Column("basis", WORD),
    Column("held_until", Instant),
    Column("answer_id", ID, nullable=False),
)

# What somebody says is wrongly listed. Entered by a partner, or by the exchange's staff (``partner_id`` null).
contest = Table(
    "contest",
    metadata,
    Column("contest_id", ID, primary_key=True),
    Column("partner_id", ID, ForeignKey("partner.partner_id")),
    Column("credential_id", ID, nullable=False),
    Column("stix_id", STIX_ID),
    Column("reason", WORD, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("reported_at", Instant, nullable=False),
    # The open contest of the same id that was there already.
    Column("joins_id", ID),
    Index(None, "partner_id", "entered_at"),
    Index(None, "stix_id"),
)
