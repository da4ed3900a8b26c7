"""Requests for access: their purpose and basis, when they were served, how they were granted or why declined.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_WORD = sa.String(length=64)
_REQUEST = ("purpose", "legal_basis")
_PARTY = ("way", "reason")


def upgrade() -> None:
    """Apply the step."""
    for name in _REQUEST:
        op.add_column("partner_request", sa.Column(name, _WORD, nullable=True))
    for name in _PARTY:
        op.add_column("partner_request_party", sa.Column(name, _WORD, nullable=True))
    op.add_column("partner_request_party", sa.Column("served_at", _INSTANT, nullable=True))


def downgrade() -> None:
    """Take the step back; requests for access go, since what there was before does not know them."""
    asked = "SELECT request_id FROM partner_request WHERE kind = 'access-request'"
    op.execute(f"DELETE FROM partner_request_party WHERE request_id IN ({asked})")  # noqa: S608  # both are constants
    op.execute("DELETE FROM partner_request WHERE kind = 'access-request'")
    for name in ("served_at", *_PARTY):
        op.drop_column("partner_request_party", name)
    for name in _REQUEST:
        op.drop_column("partner_request", name)
