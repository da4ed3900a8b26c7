"""Answers to recalls, corrections and contests.

Notices that went out before have no row here, and need no answer.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ID = sa.String(length=36)
STIX_ID = sa.String(length=300)
WORD = sa.String(length=64)
_ONLY_ADDED_TO = ("notice",)
_CHANGES = ("UPDATE", "DELETE")


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, autoincrement=False, nullable=nullable)


def _at(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, Instant(timezone=True), nullable=nullable)


def _of_partner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f(f"fk_{table}_partner_id"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    """Apply the step."""
    op.add_column("recall", sa.Column("kind", WORD, server_default="withdrawal", nullable=False))
    op.add_column("recall", sa.Column("contest_id", ID, nullable=True))
    op.add_column("recall", sa.Column("successor_id", NUMBER, nullable=True))
    _index("recall", "contest_id")
    _notices()
    _answers()
    op.create_table(
        "contest",
        sa.Column("contest_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=True),
        sa.Column("credential_id", ID, nullable=False),
        sa.Column("stix_id", STIX_ID, nullable=True),
        sa.Column("reason", WORD, nullable=False),
        _at("entered_at", nullable=False),
        _at("reported_at", nullable=False),
        sa.Column("joins_id", ID, nullable=True),
        _of_partner("contest"),
        _key("contest", "contest_id"),
    )
    _index("contest", "partner_id", "entered_at")
    _index("contest", "stix_id")
    if op.get_bind().dialect.name == "sqlite":
        for table in _ONLY_ADDED_TO:
            for change in _CHANGES:
                refuse = f"SELECT RAISE(ABORT, 'rows of {table} are only added')"
                op.execute(f"CREATE TRIGGER {_name(table, change)} BEFORE {change} ON {table} BEGIN {refuse}; END")


def _notices() -> None:
    op.create_table(
        "notice",
        _number("version_id"),
        sa.Column("notice_id", STIX_ID, nullable=False),
        _number("recall_id"),
        _at("told_at", nullable=False),
        sa.Column("versions", sa.LargeBinary(), nullable=False),
        _key("notice", "version_id"),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notice_notice_id")),
    )
    _index("notice", "recall_id")
    op.create_table(
        "notice_addressee",
        _number("version_id"),
        sa.Column("partner_id", ID, nullable=False),
        _at("due_at", nullable=False),
        _at("answered_at"),
        _at("chase_at"),
        sa.Column("chased", WORD, nullable=True),
        _of_partner("notice_addressee"),
        _key("notice_addressee", "version_id", "partner_id"),
    )
    _index("notice_addressee", "partner_id", "answered_at")
    _index("notice_addressee", "chase_at")


def _answers() -> None:
    op.create_table(
        "notice_answer",
        sa.Column("answer_id", ID, nullable=False),
        _number("version_id"),
        sa.Column("partner_id", ID, nullable=False),
        _at("answered_at", nullable=False),
        _at("made_at"),
        sa.Column("credential_id", ID, nullable=False),
        sa.Column("keyid", WORD, nullable=True),
        sa.Column("payload_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=True),
        _number("log_index"),
        _of_partner("notice_answer"),
        _key("notice_answer", "answer_id"),
    )
    _index("notice_answer", "version_id", "partner_id")
    op.create_table(
        "notice_outcome",
        _number("version_id"),
        sa.Column("partner_id", ID, nullable=False),
        _number("recalled_id"),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("basis", WORD, nullable=True),
        _at("held_until"),
        sa.Column("answer_id", ID, nullable=False),
        _of_partner("notice_outcome"),
        _key("notice_outcome", "version_id", "partner_id", "recalled_id"),
    )


def _name(table: str, change: str) -> str:
    return f"no_{change.lower()}_of_{table}"


def downgrade() -> None:
    """Take the step back."""
    for table in ("contest", "notice_outcome", "notice_answer", "notice_addressee", "notice"):
        op.drop_table(table)
    op.drop_index(op.f("ix_recall_contest_id"), "recall")
    for name in ("successor_id", "contest_id", "kind"):
        op.drop_column("recall", name)
