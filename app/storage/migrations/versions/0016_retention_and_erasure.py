"""Retention, legal holds, and what is left of erased versions.

What a receipt says of an erased object goes with it: of a submission's row the receipt and the names of refused objects may be
changed from here on, and nothing else (docs/retention.md).

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant, Number

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEPT = ("submission_id", "partner_id", "credential_id", "received_at", "imminent_risk", "collection_id")
_REFUSE = "SELECT RAISE(ABORT, 'rows of submission are only added')"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("object_version", sa.Column("retain_until", Instant(), nullable=True))
    op.create_index("ix_object_version_retain_until", "object_version", ["retain_until"])
    op.create_table(
        "erased_version",
        sa.Column("version_id", Number, autoincrement=False, nullable=False),
        sa.Column("log_index", Number, nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.Column("logged_in", Number, nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name="fk_erased_version_owner_id"),
        sa.PrimaryKeyConstraint("version_id", name="pk_erased_version"),
        sa.UniqueConstraint("log_index", name="uq_erased_version_log_index"),
    )
    op.create_index("ix_erased_version_logged_in", "erased_version", ["logged_in"])
    op.create_index("ix_erased_version_finished_at_version_id", "erased_version", ["finished_at", "version_id"])
    op.create_index("ix_erased_version_erased_at", "erased_version", ["erased_at"])
    op.create_table(
        "legal_hold",
        sa.Column("hold_id", sa.String(length=36), nullable=False),
        sa.Column("stix_id", sa.String(length=300), nullable=True),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("recall_id", sa.String(length=36), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("placed_by", sa.String(length=36), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("lifted_by", sa.String(length=36), nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name="fk_legal_hold_owner_id"),
        sa.PrimaryKeyConstraint("hold_id", name="pk_legal_hold"),
    )
    op.create_index("ix_legal_hold_stix_id", "legal_hold", ["stix_id"])
    op.create_index("ix_legal_hold_lifted_at", "legal_hold", ["lifted_at"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER no_update_of_submission")
        kept = ", ".join(_KEPT)
        op.execute(f"CREATE TRIGGER no_update_of_submission BEFORE UPDATE OF {kept} ON submission BEGIN {_REFUSE}; END")


def downgrade() -> None:
    """Take the step back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER no_update_of_submission")
        op.execute(f"CREATE TRIGGER no_update_of_submission BEFORE UPDATE ON submission BEGIN {_REFUSE}; END")
    op.drop_table("legal_hold")
    op.drop_table("erased_version")
    op.drop_index("ix_object_version_retain_until", "object_version")
    op.drop_column("object_version", "retain_until")
