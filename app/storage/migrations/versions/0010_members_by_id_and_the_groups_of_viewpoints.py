"""Members of sharing groups need not be partners; a viewpoint remembers which groups its visible set was evaluated with.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.String(length=36)
_MEMBER = ("group_id", "partner_id", "can_read", "can_write", "from_generation", "joined_at")


def upgrade() -> None:
    """Apply the step."""
    _rebuild_group_member()
    op.add_column("viewpoint", sa.Column("groups", sa.Text(), nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    """Take the step back; who is a member without being a partner is one no more."""
    op.drop_column("viewpoint", "groups")
    partner = sa.table("partner", sa.column("partner_id"))
    member = sa.table("group_member", sa.column("partner_id"))
    op.execute(member.delete().where(member.c.partner_id.not_in(sa.select(partner.c.partner_id))))
    _rebuild_group_member(sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_group_member_partner_id")))


def _rebuild_group_member(*constraints: Any) -> None:
    """Make the table anew: SQLite cannot add or drop what refers to another table."""
    op.rename_table("group_member", "group_member_before")
    op.drop_index("ix_group_member_partner_id", table_name="group_member_before")
    if op.get_context().dialect.name != "sqlite":
        for name in ("pk_group_member", "fk_group_member_group_id"):
            op.execute(f"ALTER TABLE group_member_before RENAME CONSTRAINT {name} TO {name}_before")
    op.create_table(
        "group_member",
        sa.Column("group_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("can_read", sa.Boolean(), nullable=False),
        sa.Column("can_write", sa.Boolean(), nullable=False),
        sa.Column("from_generation", sa.Integer(), nullable=False),
        sa.Column("joined_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["sharing_group.group_id"], name=op.f("fk_group_member_group_id")),
        *constraints,
        sa.PrimaryKeyConstraint("group_id", "partner_id", name=op.f("pk_group_member")),
    )
    before, after = (sa.table(name, *map(sa.column, _MEMBER)) for name in ("group_member_before", "group_member"))
    op.execute(after.insert().from_select(list(_MEMBER), sa.select(*before.c)))
    op.drop_table("group_member_before")
    op.create_index("ix_group_member_partner_id", "group_member", ["partner_id"])
