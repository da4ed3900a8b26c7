"""Agreements as signed documents.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("agreement", sa.Column("envelope", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("agreement", "envelope")
