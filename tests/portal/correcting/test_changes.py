from __future__ import annotations

from datetime import UTC, datetime

from app.portal.correcting.changes import told_changes
from app.portal.finding.differences import Difference
from breakwater_client.signing.correction import corrected
from tests.factories.stix_objects import context, indicator

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def test_members_and_codes_are_told_in_words_and_nothing_that_changes_is_passed_over() -> None:
    before = indicator(stated=context(behaviours=["OP-001"], review="unreviewed"))
    changes = {"behaviours": ["OP-002"], "harm_types": ["csam"], "description": "See https://a.example.org/"}
    after = corrected(before, "outdated", NOW, changes) | {"pattern_version": "2.1", "labels": ["a"]}
    found = told_changes(before, after, {"OP-001": "Contact", "OP-002": "Isolation"})
    by_title = {one.member: one for one in found}
    assert by_title["Behaviours"] == Difference("Behaviours", "OP-001 Contact", "OP-002 Isolation")
    assert by_title["Kinds of harm"].after == "Child sexual abuse material"
    assert "https" not in str(by_title["What happened"].after)
    assert by_title.keys() == {"Behaviours", "Kinds of harm", "What happened", "pattern version", "labels"}
    assert told_changes(before, before, {}) == []
