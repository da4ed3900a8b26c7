"""Accounts elsewhere with which people sign in, and attempts on their way.

Revision ID: 0038
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0041"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "openid_account",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_openid_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_openid_account_issuer_subject")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_openid_account_person_id_person")),
    )
    op.create_index(op.f("ix_openid_account_person_id"), "openid_account", ["person_id"])
    op.create_table(
        "openid_attempt",
        sa.Column("state_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("credential_id", _ID, nullable=True),
        sa.Column("back", sa.String(length=2000), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name=op.f("pk_openid_attempt")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.credential_id"], name=op.f("fk_openid_attempt_credential_id_credential")
        ),
    )
    op.create_index(op.f("ix_openid_attempt_credential_id"), "openid_attempt", ["credential_id"])
    op.create_index(op.f("ix_openid_attempt_expires_at"), "openid_attempt", ["expires_at"])


def downgrade() -> None:
    """Take the step back."""
    for table in ("openid_attempt", "openid_account"):
        op.drop_table(table)
