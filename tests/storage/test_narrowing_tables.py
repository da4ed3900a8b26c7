from __future__ import annotations

from app.storage.metadata import metadata
from app.storage.narrowing_tables import narrowed_by, narrowing, narrowing_member, veil
from app.storage.tables import metadata as of_all


def test_they_stand_among_all_tables() -> None:
    assert metadata is of_all
    assert {one.name for one in (narrowed_by, narrowing, narrowing_member, veil)} <= of_all.tables.keys()


def test_dependents_of_a_statement_and_members_of_a_version_are_found_by_index() -> None:
    assert [column.name for column in narrowing_member.primary_key] == ["version_id", "narrowing_id"]
    (index,) = narrowed_by.indexes
    assert [column.name for column in index.columns] == ["owner_id", "stix_id", "version_id"]
