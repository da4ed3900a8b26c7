from __future__ import annotations

from app.storage.metadata import metadata
from app.storage.retention_tables import erased_version, legal_hold
from app.storage.tables import metadata as of_all


def test_they_stand_among_all_tables() -> None:
    assert metadata is of_all
    assert {erased_version.name, legal_hold.name} <= of_all.tables.keys()


def test_what_is_remembered_of_an_erased_version_holds_no_text_that_anybody_chose() -> None:
    texts = {column.name for column in erased_version.columns if column.type.python_type is str}
    assert texts == {"owner_id", "reason"}
