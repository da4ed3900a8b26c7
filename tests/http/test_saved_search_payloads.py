from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.saved_search import SavedSearch
from app.domain.search_query import read_query
from app.http.saved_search_payloads import NewQuery, NewSearchPayload, SavedSearchPayload, SeenPayload
from app.services.searching.keep_searches import NewSearch
from tests.factories.policy_values import NOW


def test_a_search_is_kept_by_name_words_and_filters() -> None:
    given = {"name": "rooms", "q": "Live ROOM", "filters": {"harm": ["csam"], "confidence_min": "5"}}
    expected = NewSearch("rooms", read_query("live room"), {"harm": ["csam"], "confidence_min": 5})
    assert NewSearchPayload().load(given) == expected
    assert NewSearchPayload().load({"name": "all"}) == NewSearch("all", None, {})


@pytest.mark.parametrize(
    "given",
    [{}, {"name": ""}, {"name": "x", "filters": {"id": ["x"]}}, {"name": "x", "filters": {"harm": []}}, {"name": "x", "more": 1}],
)
def test_a_malformed_search_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewSearchPayload().load(given)


def test_pages_and_marks_name_cursors() -> None:
    assert NewQuery().load({}) == {"limit": 100, "next": None}
    with pytest.raises(ValidationError):
        SeenPayload().load({"next": "…"})


def test_a_saved_search_is_told_without_its_place() -> None:
    saved = SavedSearch("1", "2", "rooms", "room", '{"harm": ["csam"]}', "detection", "amber", 7, NOW, "3")
    told = SavedSearchPayload().dump(saved)
    assert (told["id"], told["q"], told["filters"], told["seen_at"]) == ("1", "room", {"harm": ["csam"]}, None)
    assert "position" not in told
