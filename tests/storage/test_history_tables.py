from __future__ import annotations

from app.storage import history_tables
from app.storage.roles import ONLY_ADDED_TO
from app.storage.tables import metadata

NAMES = ("history_start", "member_past", "narrowed_past", "partner_past", "version_past")


def test_the_tables_of_history_are_among_all_tables_and_only_added_to() -> None:
    assert all(getattr(history_tables, name) is metadata.tables[name] for name in NAMES)
    assert set(NAMES) <= ONLY_ADDED_TO
