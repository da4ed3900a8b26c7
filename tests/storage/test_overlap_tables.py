"""Keeps the tables of overlap checks and deconfliction."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import overlap_tables
from app.storage.tables import metadata


def test_every_table_of_overlap_checks_is_among_all_tables() -> None:
    own = {table.name for table in vars(overlap_tables).values() if isinstance(table, Table)}
    assert own
    assert own <= metadata.tables.keys()
