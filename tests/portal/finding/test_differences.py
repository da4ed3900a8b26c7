from __future__ import annotations

from app.portal.finding.differences import LONGEST_VALUE, Difference, differences
from tests.factories.stix_objects import context, indicator, newer


def test_members_that_changed_came_or_went_are_told_and_others_are_not() -> None:
    before = indicator(confidence=20, labels=["a", "b"])
    after = newer(before, confidence=50, extensions=context(urgency="historic"), lang="en")
    del after["labels"]
    assert differences(before, after) == [
        Difference("urgency", None, "historic"),
        Difference("confidence", "20", "50"),
        Difference("lang", None, "en"),
        Difference("labels", "a\nb", None),
    ]


def test_signatures_and_dates_are_no_difference_and_addresses_open_nothing() -> None:
    value = indicator()
    assert differences(value, newer(value)) == []
    [changed] = differences(value, newer(value, pattern="[url:value = 'https://other.example.org']"))
    assert "hxxps://other[.]example[.]org" in (changed.after or "")


def test_long_values_are_cut() -> None:
    [changed] = differences({"name": "a"}, {"name": "b" * 9_000})
    assert len(changed.after or "") == LONGEST_VALUE
