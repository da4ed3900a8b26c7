from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.errors import MalformedInputError
from app.domain.observation import ObservableKind
from app.domain.search_query import read_query
from app.http.search_payloads import CountQuery, ObservablePayload, SearchQueryPayload
from app.services.searching.observable import ObservableRequest
from app.services.searching.search import Filters, SearchRequest

ID = "indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"


def test_who_says_nothing_asks_for_the_newest_of_everything() -> None:
    assert SearchQueryPayload().load({}) == SearchRequest(None, Filters(), None, 100)
    assert CountQuery().load({}) == SearchRequest(None, Filters(), None, 1)


def test_words_and_filters_are_taken_together() -> None:
    given = {"q": "Live ROOM", "type": ["indicator"], "behaviour": ["OP-012"], "limit": "5", "next": "abc"}
    filters = Filters(types=frozenset({"indicator"}), facets=(("behaviour", frozenset({"OP-012"})),))
    assert SearchQueryPayload().load(given) == SearchRequest(read_query("live room"), filters, "abc", 5)


@pytest.mark.parametrize("given", [{"id": [ID]}, {"limit": "0"}, {"next": "…"}, {"x": 1}])
def test_what_is_no_parameter_of_a_search_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SearchQueryPayload().load(given)


def test_a_query_that_is_none_is_refused() -> None:
    with pytest.raises(MalformedInputError):
        SearchQueryPayload().load({"q": "-x"})


def test_an_observable_is_asked_for_by_kind_value_and_service() -> None:
    given = {"kind": "handle", "value": "someone", "service": "forum", "limit": 5, "next": "abc"}
    assert ObservablePayload().load(given) == ObservableRequest(ObservableKind.HANDLE, "someone", "forum", "abc", 5)
