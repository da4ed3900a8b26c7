"""Keeps the tables of webhooks."""

from __future__ import annotations

from app.storage import webhook_tables
from app.storage.tables import metadata


def test_every_table_of_webhooks_is_among_all_tables() -> None:
    own = {name for name, table in vars(webhook_tables).items() if hasattr(table, "c")}
    assert own <= metadata.tables.keys()
