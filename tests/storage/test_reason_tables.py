"""Keeps the table of stated reasons."""

from __future__ import annotations

from app.storage.reason_tables import stated_reason
from app.storage.roles import ONLY_ADDED_TO
from app.storage.tables import metadata


def test_reasons_are_among_all_tables_and_only_added() -> None:
    assert metadata.tables["stated_reason"] is stated_reason
    assert "stated_reason" in ONLY_ADDED_TO
