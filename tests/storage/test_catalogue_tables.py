"""Keeps the tables of the catalogue."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import catalogue_tables
from app.storage.tables import metadata


def test_every_table_of_the_catalogue_is_among_all_tables() -> None:
    own = {table.name for table in vars(catalogue_tables).values() if isinstance(table, Table)}
    assert own
    assert own <= metadata.tables.keys()
