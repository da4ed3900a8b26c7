"""Keeps the table of drafts."""

from __future__ import annotations

from app.storage.draft_tables import draft
from app.storage.tables import metadata


def test_the_table_of_drafts_is_among_all_tables() -> None:
    assert metadata.tables["draft"] is draft
