"""Keeps the tables of groups' keys."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import group_key_tables
from app.storage.tables import metadata


def test_every_table_of_keys_is_among_all_tables() -> None:
    own = {table.name for table in vars(group_key_tables).values() if isinstance(table, Table)}
    assert own
    assert own <= metadata.tables.keys()
