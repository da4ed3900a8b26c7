"""Signing in to the portal.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_WORD = sa.String(length=64)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DIGEST = sa.LargeBinary(length=32)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f(f"fk_{table}_person_id_person"))


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "sign_in",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("code_secret", sa.Text(), nullable=True),
        sa.Column("last_step", _NUMBER, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sign_in")),
        _of_person("sign_in"),
        sa.UniqueConstraint("login", name=op.f("uq_sign_in_login")),
    )
    op.create_table(
        "passkey",
        sa.Column("passkey_id", sa.String(length=400), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", _NUMBER, nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("passkey_id", name=op.f("pk_passkey")),
        _of_person("passkey"),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"])
    op.create_table(
        "invitation",
        sa.Column("invitation_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("by_person_id", _ID, nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitation")),
        _of_person("invitation"),
        sa.UniqueConstraint("digest", name=op.f("uq_invitation_digest")),
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"])
    op.create_table(
        "sign_in_challenge",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_challenge")),
        _of_person("sign_in_challenge"),
    )
    op.create_index(op.f("ix_sign_in_challenge_expires_at"), "sign_in_challenge", ["expires_at"])
    op.create_table(
        "portal_session",
        sa.Column("credential_id", _ID, nullable=False),
        sa.Column("method", _WORD, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("shown_at", _INSTANT, nullable=False),
        sa.Column("purpose", _WORD, nullable=True),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_portal_session")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.credential_id"], name=op.f("fk_portal_session_credential_id_credential")
        ),
    )


def downgrade() -> None:
    """Take the step back."""
    for table in ("portal_session", "sign_in_challenge", "invitation", "passkey", "sign_in"):
        op.drop_table(table)
