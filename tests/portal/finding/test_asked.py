from __future__ import annotations

import pytest

from app.domain.errors import MalformedInputError
from app.portal.finding.asked import Asked, narrowed_by


def test_narrowing_and_widening_undo_each_other() -> None:
    asked = Asked("rooms", cursor="x")
    narrower = asked.narrowed_to("harm", "csam").narrowed_to("type", "indicator")
    assert narrower.chosen == [("type", "indicator"), ("harm", "csam")]
    assert narrower.cursor is None
    assert narrower.widened("harm", "csam").widened("type", "indicator") == Asked("rooms")


def test_where_nothing_is_left_the_newest_is_asked_for() -> None:
    assert Asked().narrowed_to("harm", "csam").widened("harm", "csam").shows_newest
    assert Asked("rooms").without_words().shows_newest
    assert not Asked().is_something


def test_filters_are_those_of_the_feed() -> None:
    filters = Asked("", {"type": ("indicator",), "harm": ("csam",), "owner": ("p",)}).filters()
    assert (filters.types, filters.owner_ids, filters.facets) == ({"indicator"}, {"p"}, (("harm", frozenset({"csam"})),))


@pytest.mark.parametrize(
    ("kind", "value"), [("harm", "x"), ("behaviour", "OP-1"), ("owner", "me"), ("type", "A b"), ("phase", "csam")]
)
def test_a_value_that_its_facet_cannot_have_is_refused(kind: str, value: str) -> None:
    with pytest.raises(MalformedInputError):
        narrowed_by({kind: [value]})
    assert narrowed_by({kind: [""]}) == {}
