"""Later narrowing: whose statements narrowed each version, and narrowings under way.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.storage.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What was admitted before did not keep what its author could see. So every statement that was there counts: whoever narrows one
# narrows the referring object, too often rather than too seldom. One's own statement alone counts where there is one.
_STATED_BY_THEN = "({0}.version_id <= v.version_id OR {0}.submission_id = v.submission_id)"
_FILL = f"""
INSERT INTO narrowed_by (version_id, owner_id, stix_id)
SELECT DISTINCT r.version_id, s.owner_id, r.ref_id
FROM object_ref r
JOIN object_version v ON v.version_id = r.version_id
JOIN object_version s ON s.stix_id = r.ref_id
WHERE {_STATED_BY_THEN.format("s")} AND (s.owner_id = v.owner_id OR NOT EXISTS (
    SELECT 1 FROM object_version o WHERE o.owner_id = v.owner_id AND o.stix_id = r.ref_id AND {_STATED_BY_THEN.format("o")}
))
"""  # noqa: S608  # our own words


def upgrade() -> None:
    """Apply the step."""
    number = app.storage.columns.Number
    op.create_table(
        "narrowed_by",
        sa.Column("version_id", number, autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("stix_id", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "owner_id", "stix_id", name=op.f("pk_narrowed_by")),
    )
    op.execute(_FILL)
    op.create_index(op.f("ix_narrowed_by_owner_id_stix_id_version_id"), "narrowed_by", ["owner_id", "stix_id", "version_id"])
    op.create_table(
        "narrowing",
        sa.Column("narrowing_id", number, autoincrement=False, nullable=False),
        sa.Column("newest_version_id", number, nullable=False),
        sa.Column("class_id", number, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("traced_to", number, nullable=False),
        sa.Column("traced", sa.Boolean(), nullable=False),
        sa.Column("moved", number, nullable=False),
        sa.PrimaryKeyConstraint("narrowing_id", name=op.f("pk_narrowing")),
    )
    op.create_table(
        "narrowing_member",
        sa.Column("version_id", number, autoincrement=False, nullable=False),
        sa.Column("narrowing_id", number, autoincrement=False, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "narrowing_id", name=op.f("pk_narrowing_member")),
    )
    op.create_index(
        op.f("ix_narrowing_member_narrowing_id_depth_version_id"), "narrowing_member", ["narrowing_id", "depth", "version_id"]
    )
    op.create_table(
        "veil",
        sa.Column("viewpoint_id", number, autoincrement=False, nullable=False),
        sa.Column("narrowing_id", number, autoincrement=False, nullable=False),
        sa.Column("hides_own", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("viewpoint_id", "narrowing_id", name=op.f("pk_veil")),
    )
    op.add_column("viewpoint", sa.Column("judged_to", number, server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("viewpoint", "judged_to")
    for table in ("veil", "narrowing_member", "narrowing", "narrowed_by"):
        op.drop_table(table)
