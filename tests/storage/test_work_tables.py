"""Keeps the table of the work ledger."""

from __future__ import annotations

from app.storage import work_tables
from app.storage.tables import metadata


def test_the_ledger_of_work_is_among_all_tables() -> None:
    assert metadata.tables["work"] is work_tables.work
