"""Saved searches.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_WORD = sa.String(length=64)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "saved_search",
        sa.Column("search_id", _ID, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("purpose", _WORD, nullable=False),
        sa.Column("tlp_ceiling", _WORD, nullable=False),
        sa.Column("position", _NUMBER, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_saved_search")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_saved_search_partner_id_partner")),
        sa.UniqueConstraint("partner_id", "name", name=op.f("uq_saved_search_partner_id_name")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("saved_search")
