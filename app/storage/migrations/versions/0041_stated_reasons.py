"""Reasons that people state when they suspend or end a partner, an agreement or a credential; rows are only added.

Revision ID: 0041
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0037"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHANGES = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "stated_reason",
        sa.Column("reason_id", _NUMBER, nullable=False),
        sa.Column("stop", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reason_id", name=op.f("pk_stated_reason")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_stated_reason_partner_id_partner")),
    )
    op.create_index(op.f("ix_stated_reason_partner_id"), "stated_reason", ["partner_id"])
    op.create_index(op.f("ix_stated_reason_stop_subject"), "stated_reason", ["stop", "subject"])
    if op.get_bind().dialect.name == "sqlite":
        for change in _CHANGES:
            refuse = "SELECT RAISE(ABORT, 'rows of stated_reason are only added')"
            op.execute(f"CREATE TRIGGER no_{change.lower()}_of_stated_reason BEFORE {change} ON stated_reason BEGIN {refuse}; END")


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("stated_reason")
