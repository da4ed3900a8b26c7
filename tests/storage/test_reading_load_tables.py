"""Keeps the tables of reading and of attempts."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import reading_load_tables
from app.storage.tables import metadata


def test_they_are_among_all_tables_and_say_nothing_of_what_was_read() -> None:
    own = {table.name for table in vars(reading_load_tables).values() if isinstance(table, Table)}
    assert own == {"draft_taken", "reading_load", "reading_limit", "sign_in_attempt"}
    assert own <= metadata.tables.keys()
    assert "draft_id" not in reading_load_tables.reading_load.c
