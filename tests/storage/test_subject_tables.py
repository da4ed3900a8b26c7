from __future__ import annotations

from app.storage.roles import ONLY_ADDED_TO
from app.storage.subject_tables import (
    restricted_version,
    restriction,
    subject_deed,
    subject_finding,
    subject_request,
)

TABLES = (restricted_version, restriction, subject_deed, subject_finding, subject_request)


def test_selectors_stand_in_one_table_from_which_they_can_be_wiped() -> None:
    assert [table.name for table in TABLES if "selectors" in table.c] == ["subject_request"]
    assert subject_request.c.selectors.nullable
    assert subject_request.c.salt.nullable


def test_rows_about_persons_can_be_deleted() -> None:
    assert not ONLY_ADDED_TO & {table.name for table in TABLES}
