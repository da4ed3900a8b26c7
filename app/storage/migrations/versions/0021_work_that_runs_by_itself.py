"""What the ledger of work needs to be looked at, and to be worked off by many.

Every column is added empty and every index is new, so that servers of the version before go on meanwhile.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_COLUMNS = (
    ("partner_id", sa.String(length=36)),
    ("wanted_at", _INSTANT),
    ("claimed_at", _INSTANT),
    ("claimed_by", sa.String(length=128)),
    ("announced_at", _INSTANT),
    ("failure", sa.String(length=500)),
    ("ended_at", _INSTANT),
)
_INDEXES = (["state", "attempts"], ["partner_id", "claimed_at"])


def upgrade() -> None:
    """Apply the step."""
    for name, kind in _COLUMNS:
        op.add_column("work", sa.Column(name, kind, nullable=True))
    for columns in _INDEXES:
        op.create_index(op.f("ix_work_" + "_".join(columns)), "work", columns)


def downgrade() -> None:
    """Take the step back: who did what, and why it failed, is gone; what is to be done stays."""
    for columns in _INDEXES:
        op.drop_index(op.f("ix_work_" + "_".join(columns)), table_name="work")
    for name, _kind in reversed(_COLUMNS):
        op.drop_column("work", name)
