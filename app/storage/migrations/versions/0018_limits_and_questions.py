"""What partners use up in a day, and their questions about persons.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.String(length=36)
WORD = sa.String(length=64)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_A_DAY = (("disclosure", "disclosed_at", "version_count"), ("submission", "received_at", "object_count"))


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "question",
        sa.Column("question_id", NUMBER, nullable=False),
        sa.Column("partner_id", ID, nullable=True),
        sa.Column("credential_id", ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("purpose", WORD, nullable=True),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_question_partner_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_partner_id_kind_asked_at"), "question", ["partner_id", "kind", "asked_at"])
    op.create_index(op.f("ix_question_asked_at"), "question", ["asked_at"])
    op.add_column("submission", sa.Column("object_count", sa.Integer(), nullable=True))
    for table, at, counted in _OF_A_DAY:
        op.create_index(op.f(f"ix_{table}_partner_id_{at}"), table, ["partner_id", at], postgresql_include=[counted])


def downgrade() -> None:
    """Take the step back."""
    for table, at, _ in _OF_A_DAY:
        op.drop_index(op.f(f"ix_{table}_partner_id_{at}"), table_name=table)
    op.drop_column("submission", "object_count")
    op.drop_table("question")
