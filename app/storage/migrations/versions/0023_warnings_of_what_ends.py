"""What was warned of already: that a credential ends.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "expiry_warning",
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("credential_id", "days", name=op.f("pk_expiry_warning")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.credential_id"], name=op.f("fk_expiry_warning_credential_id_credential")
        ),
    )


def downgrade() -> None:
    """Take the step back: what was warned of is warned of once more."""
    op.drop_table("expiry_warning")
