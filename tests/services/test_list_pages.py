from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import Code, MalformedInputError
from app.services.exchange import Exchange
from app.services.list_pages import AN_INSTANT, ListAsked, Listing, ListPage, page_of, stretch_asked
from app.storage.stretches import Found, Place, Stretch
from tests.factories.members import Hub

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TITLES: Listing[str] = Listing(("titles", "somebody", None), lambda title: Place(title, f"id-{title}"), str)
TIMES: Listing[datetime] = Listing(("times",), lambda at: Place(at, "id"), AN_INSTANT)
ASKED = ListAsked(None, 2)


@pytest.fixture
def exchange(quick_hub: Hub) -> Exchange:
    return quick_hub.exchange


def asked(exchange: Exchange, listing: Listing[Any], cursor: str | None) -> Stretch:
    return stretch_asked(exchange, listing, ListAsked(cursor, 2))


def test_a_page_leads_on_after_its_last_row_and_back_before_its_first(exchange: Exchange) -> None:
    page = page_of(exchange, TITLES, ASKED, Found(["Größe", "z\N{EN DASH}"], before=2, count=5))
    assert (page.rows, page.first, page.count, page.more) == (["Größe", "z\N{EN DASH}"], 3, 5, True)
    assert asked(exchange, TITLES, page.next) == Stretch(2, Place("z\N{EN DASH}", "id-z\N{EN DASH}"))
    assert asked(exchange, TITLES, page.previous) == Stretch(2, Place("Größe", "id-Größe"), is_before=True)


def test_an_instant_comes_back_to_the_microsecond(exchange: Exchange) -> None:
    page = page_of(exchange, TIMES, ASKED, Found([AT], before=0, count=1))
    assert asked(exchange, TIMES, page.next) == Stretch(2, Place(AT, "id"))
    assert (page.first, page.more, page.previous) == (1, False, None)


def test_a_number_comes_back_as_one(exchange: Exchange) -> None:
    numbers: Listing[int] = Listing(("numbers",), lambda number: Place(number, "id"), int)
    page = page_of(exchange, numbers, ASKED, Found([10, 9], before=0, count=3))
    assert asked(exchange, numbers, page.next) == Stretch(2, Place(9, "id"))


def test_where_nothing_is_any_more_a_page_leads_back_to_the_beginning(exchange: Exchange) -> None:
    reached = page_of(exchange, TITLES, ASKED, Found(["a"], before=0, count=1)).next
    page = page_of(exchange, TITLES, ListAsked(reached, 2), Found([], before=4, count=4))
    assert (page.rows, page.first, page.next, page.more) == ([], 0, reached, False)
    assert asked(exchange, TITLES, page.previous) == Stretch(2)


def test_an_empty_list_goes_on_from_its_beginning_and_leads_nowhere_back(exchange: Exchange) -> None:
    page = page_of(exchange, TITLES, ASKED, Found([], before=0, count=0))
    assert page == ListPage([], 0, 0, page.next, more=False, previous=None)
    assert asked(exchange, TITLES, page.next) == asked(exchange, TITLES, None) == Stretch(2)


@pytest.mark.parametrize("words", [("titles", "somebody", "-"), ("titles", None, "somebody"), ("titles\0=somebody", None), ()])
def test_a_cursor_of_another_list_or_of_nobody_is_refused(exchange: Exchange, words: tuple[str | None, ...]) -> None:
    other = replace(TITLES, words=words)
    cursor = page_of(exchange, TITLES, ASKED, Found(["a"], before=0, count=1)).next
    for broken, listing in ((cursor, other), (f"{cursor}A", TITLES), ("x", TITLES), ("", TITLES)):
        with pytest.raises(MalformedInputError) as caught:
            asked(exchange, listing, broken)
        assert caught.value.code is Code.CURSOR_INVALID
