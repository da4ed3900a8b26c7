from __future__ import annotations

from app.storage import limit_tables
from app.storage.tables import metadata


def test_the_table_of_questions_is_among_all_tables_and_has_no_place_for_what_was_asked_about() -> None:
    assert metadata.tables["question"] is limit_tables.question
    assert not {"stix_id", "value", "selector"} & set(limit_tables.question.c.keys())
