"""Keeps the tables of the prevention loop."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import prevention_tables
from app.storage.tables import metadata


def test_every_table_of_the_prevention_loop_is_among_all_tables() -> None:
    own = {table.name for table in vars(prevention_tables).values() if isinstance(table, Table)}
    assert own
    assert own <= metadata.tables.keys()
