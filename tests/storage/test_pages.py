from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.paging import Page
from app.storage import pages
from app.storage.session import Database
from tests.factories.policy_values import NOW, SECOND
from tests.storage.samples import OTHER_READER, OWNER, READER, SUBMISSION

LONG = tuple(range(1, 2_000, 3))


def page(page_id: str, *, partner_id: str = READER, after: timedelta = timedelta()) -> Page:
    return Page(page_id, partner_id, OWNER, SUBMISSION, LONG, NOW + after, NOW + after)


FIRST, SECOND_PAGE, OTHERS = page("1"), page("2", after=SECOND), page("3", partner_id=OTHER_READER)
FULL = replace(
    FIRST, rank=2, contact_id="c", acknowledge_by=NOW, acknowledged_at=NOW, acknowledged_by="k", escalated_at=NOW, ended_at=NOW
)


def _add(database: Database, *values: Page) -> None:
    with database.write() as connection:
        pages.add_pages(connection, values)


def test_no_page_needs_no_row(exchange: Database) -> None:
    _add(exchange)
    with exchange.read() as connection:
        assert pages.pages(connection, None, 10) == []


def test_pages_come_back_as_they_were_newest_first(exchange: Database) -> None:
    _add(exchange, FIRST, SECOND_PAGE, OTHERS)
    with exchange.read() as connection:
        assert pages.pages(connection, READER, 10) == [SECOND_PAGE, FIRST]
        assert pages.pages(connection, READER, 1) == [SECOND_PAGE]
        assert pages.pages(connection, READER, 10, after=SECOND_PAGE) == [FIRST]
        assert pages.pages(connection, READER, 10, after=FIRST) == []
        assert pages.pages(connection, None, 10, after=FIRST) == [OTHERS]
        assert {one.page_id for one in pages.pages(connection, None, 10)} == {"1", "2", "3"}
        assert pages.page_by_id(connection, "3") == OTHERS
        assert pages.page_by_id(connection, "4") is None


def test_how_a_page_stands_is_written_over_what_it_was(exchange: Database) -> None:
    _add(exchange, FIRST, OTHERS)
    with exchange.write() as connection:
        assert pages.page_by_id(connection, "1", held=True) == FIRST
        pages.save_page(connection, FULL)
    with exchange.read() as connection:
        assert pages.page_by_id(connection, "1") == FULL
        assert pages.page_by_id(connection, "3") == OTHERS


def test_the_turn_that_came_first_is_next_and_none_before_its_time(exchange: Database) -> None:
    _add(exchange, SECOND_PAGE, replace(FIRST, turn_at=None), OTHERS)
    with exchange.write() as connection:
        assert not pages.has_turn(connection, NOW - SECOND)
        assert pages.next_turn(connection, NOW - SECOND) is None
        assert pages.has_turn(connection, NOW)
        assert pages.next_turn(connection, NOW + SECOND) == OTHERS


def test_who_asks_at_once_gets_another_turn(exchange_at_postgres: Database) -> None:
    _add(exchange_at_postgres, SECOND_PAGE, OTHERS)
    with exchange_at_postgres.write() as first, exchange_at_postgres.write() as second:
        found = [pages.next_turn(one, NOW + SECOND) for one in (first, second)]
    assert found == [OTHERS, SECOND_PAGE]
