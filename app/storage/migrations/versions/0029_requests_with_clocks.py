"""Requests for information and preservation, with their clocks.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "partner_request",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("stix_id", sa.String(length=300), nullable=False),
        sa.Column("version_id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("clock_id", sa.String(length=64), nullable=True),
        sa.Column("is_to_all", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_partner_request")),
        sa.UniqueConstraint("owner_id", "stix_id", name=op.f("uq_partner_request_owner_id_stix_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_partner_request_owner_id_partner")),
    )
    op.create_index(op.f("ix_partner_request_closed_at"), "partner_request", ["closed_at"])
    op.create_table(
        "partner_request_party",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("identity_id", sa.String(length=300), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("object_ids", sa.Text(), nullable=True),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("request_id", "identity_id", name=op.f("pk_partner_request_party")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["partner_request.request_id"], name=op.f("fk_partner_request_party_request_id_partner_request")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_partner_request_party_partner_id_partner")),
    )
    op.create_index(op.f("ix_partner_request_party_partner_id"), "partner_request_party", ["partner_id"])


def downgrade() -> None:
    """Take the step back: clocks and answers are forgotten, what was asked stays in the signed objects."""
    op.drop_index(op.f("ix_partner_request_party_partner_id"), table_name="partner_request_party")
    op.drop_table("partner_request_party")
    op.drop_index(op.f("ix_partner_request_closed_at"), table_name="partner_request")
    op.drop_table("partner_request")
