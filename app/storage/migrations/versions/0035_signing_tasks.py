"""What waits for a partner's signature.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_WORD = sa.String(length=64)
_DIGEST = sa.String(length=64)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "signing_task",
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("made_by", _ID, nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.Column("settled_by", _ID, nullable=True),
        sa.Column("credential_id", _ID, nullable=True),
        sa.Column("keyid", _DIGEST, nullable=True),
        sa.Column("reference", sa.String(length=300), nullable=True),
        sa.Column("refusals", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_signing_task")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_signing_task_partner_id_partner")),
        *(
            sa.ForeignKeyConstraint([name], ["person.person_id"], name=op.f(f"fk_signing_task_{name}_person"))
            for name in ("made_by", "approved_by", "settled_by")
        ),
    )
    op.create_index(op.f("ix_signing_task_partner_id_made_at"), "signing_task", ["partner_id", "made_at"])
    op.create_index(op.f("ix_signing_task_subject"), "signing_task", ["subject"])
    op.create_index(op.f("ix_signing_task_state_made_at"), "signing_task", ["state", "made_at"])
    op.create_index(op.f("ix_signing_task_settled_at"), "signing_task", ["settled_at"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("signing_task")
