"""Keeps the tables of webhooks."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import webhook_tables
from app.storage.tables import metadata


def test_every_table_of_webhooks_is_among_all_tables() -> None:
    own = {table.name for table in vars(webhook_tables).values() if isinstance(table, Table)}
    assert own
    assert own <= metadata.tables.keys()
