"""Keeps the table of recoveries."""

from __future__ import annotations

from app.storage.recovery_tables import recovery
from app.storage.tables import metadata


def test_recoveries_are_among_all_tables_and_hold_no_secret() -> None:
    assert metadata.tables["recovery"] is recovery
    assert {"secret", "digest", "link"}.isdisjoint(column.name for column in recovery.c)
