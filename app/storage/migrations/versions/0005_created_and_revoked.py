"""When an object was created and whether a version revokes it, beside each version; and room for the longest names of types.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

import app.storage.columns
from app.domain.stix_object import timestamp_key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT_ONCE = 1_000


def upgrade() -> None:
    """Apply the step: the columns, and what the versions that are there say."""
    op.add_column("object_version", sa.Column("created_key", app.storage.columns.SortKey()))
    op.add_column("object_version", sa.Column("is_revoked", sa.Boolean(), nullable=False, server_default=sa.false()))
    _set_length_of_type(250, before=64)
    content = sa.table("object_content", sa.column("version_id"), sa.column("content"))
    version = sa.table("object_version", *map(sa.column, ("version_id", "created_key", "is_revoked")))
    connection, after = op.get_bind(), 0
    page = sa.select(content).order_by(content.c.version_id).limit(_AT_ONCE)
    while rows := connection.execute(page.where(content.c.version_id > after)).all():
        for row in rows:
            connection.execute(version.update().where(version.c.version_id == row.version_id).values(_said(row.content)))
        after = rows[-1].version_id


def _set_length_of_type(length: int, before: int) -> None:
    """SQLite heeds no lengths; what it says of them is changed all the same, so that both databases are described alike."""
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("object_version") as batch:
            batch.alter_column("type", existing_type=sa.String(before), type_=sa.String(length), existing_nullable=False)
    else:
        op.alter_column("object_version", "type", existing_type=sa.String(before), type_=sa.String(length))


def _said(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(bytes(content))
    except ValueError:  # none of ours
        return {"created_key": None, "is_revoked": False}
    is_versioned = "modified" in value or value.get("type") == "marking-definition"
    created = value.get("created") if is_versioned else None
    return {
        "created_key": timestamp_key(created) if isinstance(created, str) else None,
        "is_revoked": value.get("revoked") is True and is_versioned,
    }


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("object_version", "is_revoked")
    op.drop_column("object_version", "created_key")
    _set_length_of_type(64, before=250)
