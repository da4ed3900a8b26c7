"""Drafts of what is to be submitted.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "draft",
        sa.Column("draft_id", _ID, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("frozen", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("handed_over_at", _INSTANT, nullable=True),
        sa.Column("reviewer_id", _ID, nullable=True),
        sa.Column("reviewed_at", _INSTANT, nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("signing_task_id", _ID, nullable=True),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_draft")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_draft_partner_id_partner")),
        sa.ForeignKeyConstraint(["author_id"], ["person.person_id"], name=op.f("fk_draft_author_id_person")),
    )
    op.create_index(op.f("ix_draft_partner_id_state"), "draft", ["partner_id", "state"])
    op.create_index(op.f("ix_draft_author_id"), "draft", ["author_id"])
    op.create_index(op.f("ix_draft_changed_at"), "draft", ["changed_at"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("draft")
