"""Requests of the persons that data are about, and what is restricted for them.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant, Number

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID, _WORD, _STIX_ID = sa.String(36), sa.String(64), sa.String(300)
_REQUEST = "subject_request.request_id"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "subject_request",
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("right", _WORD, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("deadline", Instant(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("opened_by", _ID, nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("selectors", sa.Text()),
        sa.Column("salt", sa.LargeBinary(32)),
        sa.Column("extended_at", Instant()),
        sa.Column("extension_ground", _WORD),
        sa.Column("looked_up_at", Instant()),
        sa.Column("scan_from", Number, nullable=False),
        sa.Column("scan_to", Number, nullable=False),
        sa.Column("answered_at", Instant()),
        sa.Column("answer_ground", _WORD),
        sa.Column("closed_at", Instant()),
        sa.Column("wiped_at", Instant()),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["person.person_id"], name=op.f("fk_subject_request_opened_by")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_subject_request")),
    )
    op.create_index(op.f("ix_subject_request_opened_at"), "subject_request", ["opened_at"])
    op.create_table(
        "subject_finding",
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("version_id", Number, autoincrement=False, nullable=False),
        sa.Column("ground", _WORD, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], [_REQUEST], name=op.f("fk_subject_finding_request_id")),
        sa.PrimaryKeyConstraint("request_id", "version_id", name=op.f("pk_subject_finding")),
    )
    op.create_table(
        "subject_deed",
        sa.Column("deed_id", Number, nullable=False),
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("act", _WORD, nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ground", _WORD),
        sa.ForeignKeyConstraint(["request_id"], [_REQUEST], name=op.f("fk_subject_deed_request_id")),
        sa.PrimaryKeyConstraint("deed_id", name=op.f("pk_subject_deed")),
    )
    op.create_index(op.f("ix_subject_deed_request_id"), "subject_deed", ["request_id"])
    op.create_table(
        "restriction",
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("stix_id", _STIX_ID, nullable=False),
        sa.Column("request_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], [_REQUEST], name=op.f("fk_restriction_request_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_restriction_owner_id")),
        sa.PrimaryKeyConstraint("owner_id", "stix_id", "request_id", name=op.f("pk_restriction")),
    )
    op.create_table(
        "restricted_version",
        sa.Column("version_id", Number, autoincrement=False, nullable=False),
        sa.Column("visible_until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_restricted_version")),
    )


def downgrade() -> None:
    """Take the step back. What was restricted stays unseen: until when it would be seen is lost."""
    for table in ("restricted_version", "restriction", "subject_deed", "subject_finding", "subject_request"):
        op.drop_table(table)
