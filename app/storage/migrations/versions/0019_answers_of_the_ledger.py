"""What the disclosure ledger answers from: what stood before it was changed in place, and how much of each answer left.

What is known of the past is filled in: when partners were suspended, let in again and ended, and when members joined their groups.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_TABLES = ("history_start", "member_past", "narrowed_past", "partner_past", "version_past")
_CHANGES = ("UPDATE", "DELETE")

# Each state held until the epoch that began with the next one; a partner began as an active one.
_STATES = """
INSERT INTO partner_past (partner_id, epoch, state, until)
SELECT partner_id, epoch, coalesce(lag(substr(reason, 9)) OVER (PARTITION BY partner_id ORDER BY epoch), 'active'), at
FROM policy_epoch WHERE partner_id IS NOT NULL AND reason IN ('partner-active', 'partner-suspended', 'partner-ended')
ORDER BY epoch
"""
# Before it joined, a member was none; what it could do in between, nobody knows any more.
_MEMBERS = """
INSERT INTO member_past (partner_id, group_id, epoch, can_read, from_generation, until)
SELECT m.partner_id, m.group_id, coalesce((SELECT min(e.epoch) FROM policy_epoch e WHERE e.partner_id = m.partner_id
AND e.reason = 'sharing-group' AND e.at >= m.joined_at), 0), {no}, 0, m.joined_at FROM group_member m
"""


def upgrade() -> None:
    """Apply the step."""
    op.add_column("disclosure", sa.Column("position", _NUMBER, nullable=True))
    op.add_column("disclosure", sa.Column("extent", sa.String(length=64), nullable=True))
    op.create_index("ix_disclosure_partner_id_disclosure_id", "disclosure", ["partner_id", "disclosure_id"])
    op.create_index("ix_disclosure_credential_id_disclosure_id", "disclosure", ["credential_id", "disclosure_id"])
    op.add_column("narrowing_member", sa.Column("since", _NUMBER, nullable=True))
    op.add_column("narrowing_member", sa.Column("since_at", _INSTANT, nullable=True))
    _create_tables()
    _fill()
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for change in _CHANGES:
                refuse = f"SELECT RAISE(ABORT, 'rows of {table} are only added')"
                op.execute(f"CREATE TRIGGER {_name(table, change)} BEFORE {change} ON {table} BEGIN {refuse}; END")


def _create_tables() -> None:
    op.create_table(
        "version_past",
        sa.Column("version_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("class_id", _NUMBER, nullable=False),
        sa.Column("visible_until", _INSTANT, nullable=False),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("version_id", "position", name="pk_version_past"),
    )
    op.create_table(
        "narrowed_past",
        sa.Column("version_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("narrowing_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("class_id", _NUMBER, nullable=False),
        sa.Column("since", _NUMBER, nullable=False),
        sa.Column("since_at", _INSTANT, nullable=False),
        sa.Column("position", _NUMBER, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("version_id", "narrowing_id", name="pk_narrowed_past"),
    )
    op.create_table(
        "partner_past",
        sa.Column("change_id", _NUMBER, nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("epoch", _NUMBER, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_partner_past"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name="fk_partner_past_partner_id"),
    )
    op.create_index("ix_partner_past_partner_id_epoch", "partner_past", ["partner_id", "epoch"])
    op.create_table(
        "member_past",
        sa.Column("change_id", _NUMBER, nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("epoch", _NUMBER, nullable=False),
        sa.Column("can_read", sa.Boolean(), nullable=False),
        sa.Column("from_generation", sa.Integer(), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_member_past"),
    )
    op.create_index("ix_member_past_partner_id_epoch", "member_past", ["partner_id", "epoch"])
    op.create_table(
        "history_start",
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("since", name="pk_history_start"),
    )


def _fill() -> None:
    op.execute(_STATES)
    op.execute(_MEMBERS.format(no="0" if op.get_bind().dialect.name == "sqlite" else "false"))
    # An exchange that is not begun yet has nothing that could be missing.
    op.execute("INSERT INTO history_start (since) SELECT added_at FROM position_counter")


def _name(table: str, change: str) -> str:
    return f"no_{change.lower()}_of_{table}"


def downgrade() -> None:
    """Take the step back."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for change in _CHANGES:
                op.execute(f"DROP TRIGGER {_name(table, change)}")
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("narrowing_member", "since_at")
    op.drop_column("narrowing_member", "since")
    op.drop_index("ix_disclosure_credential_id_disclosure_id", "disclosure")
    op.drop_index("ix_disclosure_partner_id_disclosure_id", "disclosure")
    op.drop_column("disclosure", "extent")
    op.drop_column("disclosure", "position")
