"""With which credential an invitation was made.

Of those that wait, and of those before, it is not known: they are found by who made them alone.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("by_credential_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("invitation") as table:
        table.drop_column("by_credential_id")
