"""Trust: statements and tree of the log, checkpoints, keys of the exchange, the directory, approvals, nonces, organisations.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.String(length=36)
KEYID = sa.String(length=64)
SUBJECT = sa.String(length=128)
WORD = sa.String(length=64)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW = ("request_nonce", "approval", "key_directory", "exchange_key", "checkpoint", "log_node", "log_statement", "client")


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Instant(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Apply the step."""
    _log()
    _keys()
    _people()


def _log() -> None:
    op.create_table(
        "log_statement",
        sa.Column("log_index", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_log_statement")),
    )
    op.create_index(op.f("ix_log_statement_kind_subject"), "log_statement", ["kind", "subject"])
    op.create_table(
        "log_node",
        sa.Column("level", NUMBER, autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_node")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("tree_size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("root_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _at("made_at"),
        sa.Column("disclosed_to", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_checkpoint")),
    )


def _keys() -> None:
    op.create_table(
        "exchange_key",
        sa.Column("keyid", KEYID, nullable=False),
        sa.Column("usage", WORD, nullable=False),
        sa.Column("algorithm", WORD, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        _at("registered_at"),
        _at("changed_at"),
        *(_at(name, nullable=True) for name in ("not_before", "not_after", "compromised_since", "reported_at", "activated_at")),
        sa.Column("replaces", KEYID, nullable=True),
        sa.PrimaryKeyConstraint("keyid", name=op.f("pk_exchange_key")),
    )
    op.create_table(
        "key_directory",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("keyid", KEYID, nullable=False),
        sa.Column("envelope", sa.Text(), nullable=True),
        _at("issued_at"),
        _at("expires_at"),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_key_directory")),
    )
    op.create_table(
        "request_nonce",
        sa.Column("keyid", KEYID, nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        _at("expires_at"),
        sa.PrimaryKeyConstraint("keyid", "nonce", name=op.f("pk_request_nonce")),
    )
    op.create_index(op.f("ix_request_nonce_expires_at"), "request_nonce", ["expires_at"])
    op.add_column("partner_key", _at("reported_at", nullable=True))
    op.add_column("partner_key", _at("activated_at", nullable=True))
    op.add_column("partner_key", sa.Column("replaces", KEYID, nullable=True))
    op.add_column("partner_key", sa.Column("rotation", sa.Text(), nullable=True))
    _date_keys()
    op.add_column("credential", sa.Column("keyid", KEYID, nullable=True))
    op.add_column("credential", sa.Column("issued_by", ID, nullable=True))
    _require_token(nullable=True)
    op.create_index(op.f("ix_credential_keyid"), "credential", ["keyid"], unique=True)


def _date_keys() -> None:
    """Give keys the dates of their states, as far as they were kept: when one that was revoked had been activated was not."""
    op.execute("UPDATE partner_key SET activated_at = changed_at WHERE state = 'active'")
    op.execute("UPDATE partner_key SET activated_at = registered_at, not_after = changed_at WHERE state = 'revoked'")


def _people() -> None:
    op.create_table(
        "client",
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("client_of", ID, nullable=False),
        _at("since"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_client_partner_id")),
        sa.ForeignKeyConstraint(["client_of"], ["partner.partner_id"], name=op.f("fk_client_client_of")),
        sa.PrimaryKeyConstraint("partner_id", "client_of", name=op.f("pk_client")),
    )
    op.create_table(
        "approval",
        sa.Column("approval_id", ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("partner_id", ID, nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        _at("proposed_at"),
        _at("expires_at"),
        sa.Column("decided_by", ID, nullable=True),
        _at("decided_at", nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_approval_partner_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.person_id"], name=op.f("fk_approval_proposed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.person_id"], name=op.f("fk_approval_decided_by")),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_state_expires_at"), "approval", ["state", "expires_at"])
    op.add_column("partner", sa.Column("parent_id", ID, nullable=True))
    op.add_column("person", sa.Column("member_roles", sa.Text(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("person", _at("added_at", nullable=True))
    op.add_column("person", _at("left_at", nullable=True))


def _require_token(*, nullable: bool) -> None:
    """Let a credential have no token, or not; SQLite makes the table anew for that."""
    with op.batch_alter_table("credential") as table:
        table.alter_column("token_digest", existing_type=sa.LargeBinary(length=32), nullable=nullable)


def downgrade() -> None:
    """Take the step back: credentials of keys go, and with the new tables all that is in them."""
    op.drop_index(op.f("ix_credential_keyid"), table_name="credential")
    op.execute("DELETE FROM credential WHERE token_digest IS NULL")
    _require_token(nullable=False)
    for table, columns in (
        ("credential", ("issued_by", "keyid")),
        ("partner_key", ("rotation", "replaces", "activated_at", "reported_at")),
        ("person", ("left_at", "added_at", "member_roles")),
        ("partner", ("parent_id",)),
    ):
        for column in columns:
            op.drop_column(table, column)
    for name in _NEW:
        op.drop_table(name)
