"""Contacts, pages, alarms and mails.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ID = sa.String(length=36)
WORD = sa.String(length=64)


def instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    """Give a column of an instant."""
    return sa.Column(name, Instant(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "contact",
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        instant("created_at", nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_contact_partner_id")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact")),
        sa.UniqueConstraint("partner_id", "rank", name=op.f("uq_contact_partner_id_rank")),
    )
    op.create_table(
        "page",
        sa.Column("page_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("submitter_id", ID, nullable=False),
        sa.Column("submission_id", ID, nullable=False),
        sa.Column("versions", sa.LargeBinary(), nullable=False),
        instant("made_at", nullable=False),
        instant("turn_at"),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("contact_id", ID, nullable=True),
        instant("acknowledge_by"),
        instant("acknowledged_at"),
        sa.Column("acknowledged_by", ID, nullable=True),
        instant("escalated_at"),
        instant("ended_at"),
        sa.ForeignKeyConstraint(["submitter_id"], ["partner.partner_id"], name=op.f("fk_page_owner_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_page_partner_id")),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page")),
    )
    op.create_index(op.f("ix_page_turn_at"), "page", ["turn_at"], unique=False)
    op.create_index(op.f("ix_page_partner_id_made_at"), "page", ["partner_id", "made_at"], unique=False)
    op.create_table(
        "alarm",
        sa.Column("alarm_id", ID, nullable=False),
        sa.Column("code", WORD, nullable=False),
        sa.Column("partner_id", ID, nullable=True),
        sa.Column("subject", sa.String(length=128), nullable=True),
        sa.Column("pointer", sa.Text(), nullable=True),
        instant("first_at", nullable=False),
        instant("last_at", nullable=False),
        instant("due_at", nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_alarm_partner_id")),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_alarm")),
    )
    op.create_index(op.f("ix_alarm_partner_id_code_due_at"), "alarm", ["partner_id", "code", "due_at"], unique=False)
    op.create_table(
        "mail",
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=True),
        instant("made_at", nullable=False),
        instant("due_at", nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", NUMBER, nullable=False),
        instant("leased_until"),
        instant("sent_at"),
        instant("failed_at"),
        sa.Column("failure", WORD, nullable=True),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_state_due_at"), "mail", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_mail_subject_id"), "mail", ["subject_id"], unique=False)
    op.create_index(op.f("ix_mail_contact_id"), "mail", ["contact_id"], unique=False)
    op.add_column("submission", sa.Column("imminent_risk", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("submission", "imminent_risk")
    op.drop_table("mail")
    op.drop_table("alarm")
    op.drop_table("page")
    op.drop_table("contact")
