"""Deconfliction between agencies, and overlap checks.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_ID = sa.String(length=36)
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "overlap_token",
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("group_id", _ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("contact_id", _ID),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("registered_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "group_id", "digest", name=op.f("pk_overlap_token")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_overlap_token_partner_id_partner")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["sharing_group.group_id"], name=op.f("fk_overlap_token_group_id_sharing_group")
        ),
    )
    op.create_index(op.f("ix_overlap_token_group_id_digest"), "overlap_token", ["group_id", "digest"])
    op.create_index(op.f("ix_overlap_token_until"), "overlap_token", ["until"])
    op.create_table(
        "deconfliction_interest",
        sa.Column("interest_id", _ID, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("contact_id", _ID, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("registered_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("interest_id", name=op.f("pk_deconfliction_interest")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.partner_id"], name=op.f("fk_deconfliction_interest_partner_id_partner")
        ),
        sa.UniqueConstraint("partner_id", "digest", name=op.f("uq_deconfliction_interest_partner_id_digest")),
    )
    op.create_index(op.f("ix_deconfliction_interest_digest"), "deconfliction_interest", ["digest"])
    op.create_index(op.f("ix_deconfliction_interest_until"), "deconfliction_interest", ["until"])
    op.create_table(
        "deconfliction_meeting",
        sa.Column("meeting_id", _ID, nullable=False),
        sa.Column("first", _ID, nullable=False),
        sa.Column("first_partner", _ID, nullable=False),
        sa.Column("second", _ID, nullable=False),
        sa.Column("second_partner", _ID, nullable=False),
        sa.Column("met_at", _INSTANT, nullable=False),
        sa.Column("forget_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_deconfliction_meeting")),
        sa.ForeignKeyConstraint(
            ["first_partner"], ["partner.partner_id"], name=op.f("fk_deconfliction_meeting_first_partner_partner")
        ),
        sa.ForeignKeyConstraint(
            ["second_partner"], ["partner.partner_id"], name=op.f("fk_deconfliction_meeting_second_partner_partner")
        ),
        sa.UniqueConstraint("first", "second", name=op.f("uq_deconfliction_meeting_first_second")),
    )
    op.create_index(op.f("ix_deconfliction_meeting_first_partner"), "deconfliction_meeting", ["first_partner"])
    op.create_index(op.f("ix_deconfliction_meeting_second_partner"), "deconfliction_meeting", ["second_partner"])
    op.create_index(op.f("ix_deconfliction_meeting_forget_at"), "deconfliction_meeting", ["forget_at"])


def downgrade() -> None:
    """Take the step back: agencies and partners register anew."""
    op.drop_table("deconfliction_meeting")
    op.drop_table("deconfliction_interest")
    op.drop_table("overlap_token")
