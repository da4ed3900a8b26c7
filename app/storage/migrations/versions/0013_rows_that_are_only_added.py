"""Rows that are only added, and a database that is to be read only because its log is not what was published.

On SQLite triggers refuse to change those rows; on PostgreSQL a role is kept from it (docs/operations.md).

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = (
    *("agreement", "audience", "checkpoint", "disclosure", "disclosure_owner", "event", "exchange", "handling_class"),
    *("key_directory", "log_leaf", "log_node", "log_statement", "policy_epoch", "recall_delivery", "recall_version"),
    "submission",
)
_CHANGES = ("UPDATE", "DELETE")
# Who may not change a table may not lock it either, and recalls wait for the writers of the ledger. Run as the owner.
_LOCK = """
CREATE FUNCTION {schema}.lock_disclosures() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN LOCK TABLE {schema}.disclosure IN SHARE MODE; END $$
"""


def upgrade() -> None:
    """Apply the step."""
    op.add_column("position_counter", sa.Column("read_only", sa.String(length=64), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for change in _CHANGES:
                refuse = f"SELECT RAISE(ABORT, 'rows of {table} are only added')"
                op.execute(f"CREATE TRIGGER {_name(table, change)} BEFORE {change} ON {table} BEGIN {refuse}; END")
    else:
        schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
        op.get_bind().exec_driver_sql(_LOCK.format(schema=schema))


def _name(table: str, change: str) -> str:
    return f"no_{change.lower()}_of_{table}"


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("position_counter", "read_only")
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for change in _CHANGES:
                op.execute(f"DROP TRIGGER {_name(table, change)}")
    else:
        op.execute("DROP FUNCTION lock_disclosures()")
