"""Bulk exports: definitions, exports, their files, and what each definition's mirror holds.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_WORD = sa.String(length=64)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "export_definition",
        sa.Column("definition_id", _ID, nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("credential_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("purpose", _WORD, nullable=False),
        sa.Column("tlp_ceiling", _WORD, nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("form", _WORD, nullable=False),
        sa.Column("compression", _WORD, nullable=False),
        sa.Column("encryption_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("target", _WORD, nullable=False),
        sa.Column("snapshot_cron", sa.String(length=100), nullable=True),
        sa.Column("delta_cron", sa.String(length=100), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("snapshot_wanted", sa.Boolean(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("last_number", _NUMBER, nullable=False),
        sa.Column("written_objects", _NUMBER, nullable=False, server_default=sa.text("0")),
        sa.Column("written_bytes", _NUMBER, nullable=False, server_default=sa.text("0")),
        sa.Column("written_milliseconds", _NUMBER, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("definition_id", name=op.f("pk_export_definition")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_export_definition_partner_id_partner")),
    )
    op.create_index(op.f("ix_export_definition_partner_id_created_at"), "export_definition", ["partner_id", "created_at"])
    op.create_table(
        "bulk_export",
        sa.Column("definition_id", _ID, nullable=False),
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("trouble", _WORD, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("target", _WORD, nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("after_position", _NUMBER, nullable=False),
        sa.Column("upto_position", _NUMBER, nullable=False),
        sa.Column("has_delta", sa.Boolean(), nullable=False),
        sa.Column("has_snapshot", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=True),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        sa.Column("published_at", _INSTANT, nullable=True),
        sa.Column("expires_at", _INSTANT, nullable=True),
        sa.Column("manifest", sa.Text(), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("is_laid", sa.Boolean(), nullable=False),
        sa.Column("log_index", _NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("definition_id", "number", name=op.f("pk_bulk_export")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["export_definition.definition_id"], name=op.f("fk_bulk_export_definition_id_export_definition")
        ),
    )
    op.create_index(op.f("ix_bulk_export_state"), "bulk_export", ["state"])
    op.create_table(
        "export_file",
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("definition_id", _ID, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("part", _WORD, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("after_position", _NUMBER, nullable=False),
        sa.Column("upto_position", _NUMBER, nullable=False),
        sa.Column("versions", sa.LargeBinary(), nullable=True),
        sa.Column("first_version_id", _NUMBER, nullable=True),
        sa.Column("last_version_id", _NUMBER, nullable=True),
        sa.Column("disclosure_id", _NUMBER, nullable=True),
        sa.Column("standing", sa.Text(), nullable=True),
        sa.Column("barred_at", _INSTANT, nullable=True),
        sa.Column("gone_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_export_file")),
        sa.UniqueConstraint("definition_id", "name", name=op.f("uq_export_file_definition_id_name")),
        sa.ForeignKeyConstraint(
            ["definition_id", "number"],
            ["bulk_export.definition_id", "bulk_export.number"],
            name=op.f("fk_export_file_definition_id_number_bulk_export"),
        ),
    )
    op.create_index(op.f("ix_export_file_definition_id_number"), "export_file", ["definition_id", "number"])
    op.create_index(op.f("ix_export_file_disclosure_id"), "export_file", ["disclosure_id"])
    op.create_index(op.f("ix_export_file_gone_at_last_version_id"), "export_file", ["gone_at", "last_version_id"])
    op.create_table(
        "export_holding",
        sa.Column("definition_id", _ID, nullable=False),
        sa.Column("chunk", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("versions", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("definition_id", "chunk", name=op.f("pk_export_holding")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["export_definition.definition_id"], name=op.f("fk_export_holding_definition_id_export_definition")
        ),
    )
    # What was changed since an export, and what expired since: looked for before each, and hardly anything.
    op.create_index(op.f("ix_version_past_position"), "version_past", ["position"])
    op.create_index(
        op.f("ix_object_version_visible_until"),
        "object_version",
        ["visible_until"],
        postgresql_where=sa.text("visible_until < '9999-01-01'"),
        sqlite_where=sa.text("visible_until < '9999-01-01'"),
    )


def downgrade() -> None:
    """Take the step back: definitions are gone; what was written stays in its depot, and what was given in the ledger."""
    op.drop_index(op.f("ix_object_version_visible_until"), "object_version")
    op.drop_index(op.f("ix_version_past_position"), "version_past")
    for table in ("export_holding", "export_file", "bulk_export", "export_definition"):
        op.drop_table(table)
