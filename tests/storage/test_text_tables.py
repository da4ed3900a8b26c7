"""Keeps the tables of full text."""

from __future__ import annotations

from sqlalchemy import Table, text

from app.storage import text_tables
from app.storage.session import Database
from app.storage.tables import metadata


def test_every_table_of_full_text_is_among_all_tables() -> None:
    own = {table.name for table in vars(text_tables).values() if isinstance(table, Table)}
    assert own == {"object_text", "text_index"}
    assert own <= metadata.tables.keys()


def test_postgresql_has_its_index_and_sqlite_fts5_in_its_place(database: Database) -> None:
    with database.read() as connection:
        if database.is_sqlite:
            said = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'object_words'")).scalar_one()
            assert "fts5" in said
        else:
            said = connection.execute(
                text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_object_text_words'")
            ).scalar_one()
            assert "USING gin" in said
