"""What second readers take to read, and attempts to sign in by where they come from.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f(f"fk_{table}_person_id_person"))


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "draft_taken",
        sa.Column("draft_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_draft_taken")),
        _of_person("draft_taken"),
    )
    op.create_index(op.f("ix_draft_taken_until"), "draft_taken", ["until"])
    op.create_table(
        "reading_load",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("since_break", sa.Integer(), nullable=False),
        sa.Column("begun_at", _INSTANT, nullable=True),
        sa.Column("last_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_reading_load")),
        _of_person("reading_load"),
    )
    op.create_index(op.f("ix_reading_load_day"), "reading_load", ["day"])
    op.create_table(
        "reading_limit",
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("items_a_day", sa.Integer(), nullable=False),
        sa.Column("break_after_items", sa.Integer(), nullable=False),
        sa.Column("break_after_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_reading_limit")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_reading_limit_partner_id_partner")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_failed_at"), "sign_in_attempt", ["failed_at"])


def downgrade() -> None:
    """Take the step back."""
    for table in ("sign_in_attempt", "reading_limit", "reading_load", "draft_taken"):
        op.drop_table(table)
