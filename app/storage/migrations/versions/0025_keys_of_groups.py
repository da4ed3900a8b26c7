"""Keys of sharing groups, by which members make tokens.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ID, _WORD, _INSTANT = sa.String(length=36), sa.String(length=64), sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "group_key",
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("epoch", _WORD, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("cause", _WORD, nullable=False),
        sa.Column("begun_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("group_id", "number", name=op.f("pk_group_key")),
        sa.ForeignKeyConstraint(["group_id"], ["sharing_group.group_id"], name=op.f("fk_group_key_group_id_sharing_group")),
    )
    op.create_index(op.f("ix_group_key_ended_at"), "group_key", ["ended_at"])
    op.create_table(
        "group_key_terms",
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("epoch_days", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_group_key_terms")),
        sa.ForeignKeyConstraint(["group_id"], ["sharing_group.group_id"], name=op.f("fk_group_key_terms_group_id_sharing_group")),
    )
    op.create_table(
        "group_key_holder",
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("first_at", _INSTANT, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "number", "partner_id", name=op.f("pk_group_key_holder")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_group_key_holder_partner_id_partner")),
        sa.ForeignKeyConstraint(
            ["group_id", "number"], ["group_key.group_id", "group_key.number"], name=op.f("fk_group_key_holder_group_id_group_key")
        ),
    )
    op.create_index(op.f("ix_group_key_holder_partner_id"), "group_key_holder", ["partner_id"])


def downgrade() -> None:
    """Take the step back: the keys are gone, and tokens that were made with them match nothing that is made later."""
    op.drop_table("group_key_holder")
    op.drop_table("group_key_terms")
    op.drop_table("group_key")
