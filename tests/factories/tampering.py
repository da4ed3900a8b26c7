"""What somebody does who owns the database: rows changed that the exchange itself never changes."""

from __future__ import annotations

from sqlalchemy import Connection


def lift_guards(connection: Connection) -> None:
    """Take away the triggers that keep rows of log, ledger and audit on SQLite; on PostgreSQL the owner needs nothing."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
