"""Webhooks and what is to be delivered to them.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_WORD = sa.String(length=64)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "webhook",
        sa.Column("webhook_id", _ID, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("cadence_minutes", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("cause", _WORD, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("tested_at", _INSTANT, nullable=True),
        sa.Column("next_at", _INSTANT, nullable=False),
        sa.Column("called_until", _INSTANT, nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_webhook_partner_id_partner")),
    )
    op.create_index(op.f("ix_webhook_partner_id_created_at"), "webhook", ["partner_id", "created_at"])
    op.create_table(
        "webhook_message",
        sa.Column("message_id", _ID, nullable=False),
        sa.Column("webhook_id", _ID, nullable=False),
        sa.Column("said_at", _INSTANT, nullable=False),
        sa.Column("tried_since", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", _WORD, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_webhook_message")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.webhook_id"], name=op.f("fk_webhook_message_webhook_id_webhook")),
    )
    op.create_index(
        op.f("ix_webhook_message_webhook_id_state_due_at"), "webhook_message", ["webhook_id", "state", "due_at"]
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("webhook_message")
    op.drop_table("webhook")
