"""Cosignatures of witnesses below checkpoints.

Revision ID: 0042
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0038"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHANGES = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "cosignature",
        sa.Column("tree_size", _NUMBER, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("keyid", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("cosigned_at", _INSTANT, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tree_size", "partner_id", name=op.f("pk_cosignature")),
        sa.ForeignKeyConstraint(["tree_size"], ["checkpoint.tree_size"], name=op.f("fk_cosignature_tree_size_checkpoint")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_cosignature_partner_id_partner")),
        sa.ForeignKeyConstraint(["keyid"], ["partner_key.keyid"], name=op.f("fk_cosignature_keyid_partner_key")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in _CHANGES:
            refuse = "SELECT RAISE(ABORT, 'rows of cosignature are only added')"
            op.execute(f"CREATE TRIGGER {_name(change)} BEFORE {change} ON cosignature BEGIN {refuse}; END")


def downgrade() -> None:
    """Take the step back."""
    if op.get_bind().dialect.name == "sqlite":
        for change in _CHANGES:
            op.execute(f"DROP TRIGGER {_name(change)}")
    op.drop_table("cosignature")


def _name(change: str) -> str:
    return f"no_{change.lower()}_of_cosignature"
