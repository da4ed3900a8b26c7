"""Keeps the tables of objects."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import object_tables
from app.storage.tables import metadata


def test_every_table_of_objects_is_among_all_tables() -> None:
    own = {table.name for table in vars(object_tables).values() if isinstance(table, Table)}
    assert own
    assert own <= metadata.tables.keys()
