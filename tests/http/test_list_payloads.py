from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.list_payloads import ListPayload, ListQuery, asked_by
from app.services.list_pages import ListAsked, ListPage


def test_a_page_says_where_it_stands_and_where_it_leads() -> None:
    assert ListPayload().dump(ListPage(["a"], 3, 5, "on", more=True, previous=None)) == {
        "first": 3,
        "count": 5,
        "next": "on",
        "more": True,
        "previous": None,
    }


def test_a_request_without_parameters_asks_for_the_first_hundred() -> None:
    assert asked_by(ListQuery().load({})) == ListAsked(None, 100)
    assert asked_by(ListQuery().load({"limit": "2", "next": "on"})) == ListAsked("on", 2)


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "+1"}, {"next": ""}, {"next": "a/b"}])
def test_what_asks_for_no_page_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ListQuery().load(query)
