"""For what a browser was given random bytes to sign.

What waited to be signed is forgotten: nobody knows for what it was given, and it would have served five minutes at most.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute("DELETE FROM sign_in_challenge")
    with op.batch_alter_table("sign_in_challenge") as table:
        table.add_column(sa.Column("ceremony", sa.String(length=64), nullable=False))


def downgrade() -> None:
    """Take the step back."""
    op.execute("DELETE FROM sign_in_challenge")
    with op.batch_alter_table("sign_in_challenge") as table:
        table.drop_column("ceremony")
