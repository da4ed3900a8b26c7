"""Lists that are gone through to their end, and what is no list, or one without an end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.cli import listings
from app.cli.api import Api, Request, Target
from app.cli.faults import CommandFault
from app.cli.listings import all_of, rows_of
from app.cli.loopback_server import loopback_server
from tests.factories.scripted_exchange import JSON, Scripted


def listed(*pages: Any) -> tuple[list[Any], list[str]]:
    scripted = Scripted([("200 OK", JSON, json.dumps(page).encode()) for page in pages])
    with loopback_server(scripted) as url:
        rows = list(rows_of(Api(Target(url, "bw_token")), Request("GET", "/objects", {"limit": 2}), "objects"))
    return rows, [one["QUERY_STRING"] for one in scripted.asked]


def test_all_pages_are_gone_through() -> None:
    pages = ({"objects": [1, 2], "more": True, "next": "a"}, {"objects": [3], "more": False, "next": "b"})
    assert listed(*pages) == ([1, 2, 3], ["limit=2", "limit=2&next=a"])


def test_an_address_is_read_whole_with_what_narrows_it() -> None:
    pages = ({"persons": [1], "more": True, "next": "a"}, {"persons": [2], "more": False, "next": "b"})
    scripted = Scripted([("200 OK", JSON, json.dumps(page).encode()) for page in pages])
    with loopback_server(scripted) as url:
        assert all_of(Api(Target(url, "bw_token")), "/persons", "persons", partner_id="p") == [1, 2]
    assert [one["QUERY_STRING"] for one in scripted.asked] == ["partner_id=p", "partner_id=p&next=a"]


@pytest.mark.parametrize(
    "pages",
    [
        [[]],
        [{"objects": None, "more": False}],
        [{"objects": [], "more": "yes"}],
        [{"objects": [], "more": True}],
        [{"objects": [], "more": True, "next": ["a"]}],
        [{"objects": [], "more": True, "next": "same"}],
        [{"objects": [1], "more": True, "next": "a"}, {"objects": [], "more": True, "next": "b"}] * 2,
    ],
)
def test_what_is_no_page_that_goes_on_ends_it(pages: list[Any]) -> None:
    with pytest.raises(CommandFault):
        listed(*pages)


def test_pages_and_their_names_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandFault):
        listed({"objects": [], "more": True, "next": "a" * 5_000}, {"objects": [], "more": False})
    monkeypatch.setattr(listings, "MOST_PAGES", 2)
    pages = [{"objects": [number], "more": True, "next": f"c{number}"} for number in range(3)]
    with pytest.raises(CommandFault, match="do not come to an end"):
        listed(*pages, {"objects": [], "more": False})
