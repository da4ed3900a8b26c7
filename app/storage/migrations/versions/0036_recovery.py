"""Recovery of what people sign in with, by two persons.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "recovery",
        sa.Column("recovery_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("partner_id", _ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recognised", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", _ID, nullable=False),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("recovery_id", name=op.f("pk_recovery")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_recovery_person_id_person")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_recovery_partner_id_partner")),
    )
    op.create_index(op.f("ix_recovery_person_id"), "recovery", ["person_id"])
    op.create_index(op.f("ix_recovery_partner_id_proposed_at"), "recovery", ["partner_id", "proposed_at"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("recovery")
