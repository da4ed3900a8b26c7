"""Keeps the table of saved searches."""

from __future__ import annotations

from app.storage.search_tables import saved_search
from app.storage.tables import metadata


def test_the_table_of_saved_searches_is_among_all_tables() -> None:
    assert metadata.tables["saved_search"] is saved_search
