from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.crypto.seal import CursorSealer
from app.domain.errors import Code, MalformedInputError
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.services.reading.cursors import Continuation, PageRequest, continuation
from app.services.reading.readers import Place, Reader
from app.storage.filters import Filters, Versions
from tests.factories.members import Member
from tests.factories.policy_values import NOW, SECOND

SEALER = CursorSealer([bytes(range(64))])
NONE = Filters()
THERE = Place(name="objects of 8c6c6a3f")
FILTERS = Filters(
    stix_ids=frozenset({"indicator--a", "indicator--b"}),
    types=frozenset({"indicator"}),
    owner_ids=frozenset({"owner"}),
    facets=(("harm", frozenset({"csam"})), ("phase", frozenset({"contact"}))),
    minimum_confidence=7,
    added_after=NOW,
    added_before=NOW + SECOND,
    modified_after="2026-01-01T00:00:00",
    modified_before="2026-02-01T00:00:00",
    valid_at="2026-01-15T00:00:00",
    versions=Versions(first=True, last=True, keys=frozenset({"2026-01-01T00:00:00"})),
)


@pytest.fixture
def reading(other: Member) -> Reader:
    return other.reader()


def go_on(reading: Reader, cursor: str | None, filters: Filters = NONE, **request: Any) -> Continuation:
    return continuation(SEALER, reading, PageRequest(filters, cursor, 10, request.pop("place", THERE), **request))


def refusal(reading: Reader, cursor: str, **request: Any) -> Code:
    with pytest.raises(MalformedInputError) as caught:
        go_on(reading, cursor, **request)
    return caught.value.code


@pytest.mark.parametrize("filters", [Filters(), FILTERS, Filters(versions=Versions(last=True)), Filters(added_after=NOW)])
def test_a_cursor_carries_its_filters_and_goes_on_alone(reading: Reader, filters: Filters) -> None:
    first = go_on(reading, None, filters)
    second = go_on(reading, first.next(5))
    assert (second.after, second.filters) == (5, replace(filters, added_after=None))
    assert go_on(reading, second.next(900)).after == 900


def test_of_an_empty_page_the_cursor_stays_where_it_was_with_its_date(reading: Reader) -> None:
    first = go_on(reading, None, FILTERS)
    again = go_on(reading, first.next(None))
    assert (again.after, again.filters) == (0, FILTERS)
    assert again.next(None) == first.next(None)


def test_the_same_place_for_the_same_reader_is_the_same_cursor(reading: Reader) -> None:
    assert go_on(reading, None, FILTERS).next(5) == go_on(reading, None, replace(FILTERS, added_after=None)).next(5)


def test_a_cursor_is_good_for_its_reader_and_its_place_alone(reading: Reader, other: Member, publisher: Member) -> None:
    cursor = go_on(reading, None, FILTERS).next(5)
    for reader in (
        publisher.reader(),
        other.reader(Purpose.AUDIT),
        other.reader(channel=Channel.TAXII),
        other.with_ceiling(reading, Tlp.GREEN),
    ):
        assert refusal(reader, cursor) is Code.CURSOR_INVALID
    for place in (Place(name="manifest of 8c6c6a3f"), Place(name="objects of another"), Place()):
        assert refusal(reading, cursor, place=place) is Code.CURSOR_INVALID
    assert go_on(reading, cursor, place=replace(THERE, from_generation=4)).after == 5


@pytest.mark.parametrize("name", ["stix_ids", "types", "versions"])
def test_filters_beside_a_cursor_have_to_be_its_own_if_they_are_stated(reading: Reader, name: str) -> None:
    cursor = go_on(reading, None, FILTERS).next(5)
    assert go_on(reading, cursor, FILTERS, stated=frozenset({name})).after == 5
    assert refusal(reading, cursor, filters=Filters(), stated=frozenset({name})) is Code.CURSOR_INVALID
    assert go_on(reading, cursor, Filters(), stated=frozenset()).filters.types == FILTERS.types


@pytest.mark.parametrize(
    ("carried", "stated", "counts"),
    [(NOW, NOW - SECOND, NOW), (NOW, NOW + SECOND, NOW + SECOND), (None, NOW, NOW), (NOW, None, NOW)],
)
def test_of_two_dates_the_later_counts(reading: Reader, carried: Any, stated: Any, counts: Any) -> None:
    cursor = go_on(reading, None, Filters(added_after=carried)).next(None)
    found = go_on(reading, cursor, Filters(added_after=stated), stated=frozenset({"added_after"}))
    assert found.filters.added_after == counts


def test_the_place_narrows_too_and_is_not_carried(reading: Reader) -> None:
    view = replace(THERE, facets=(("harm", frozenset({"csam"})),))
    first = go_on(reading, None, Filters(types=frozenset({"indicator"})), place=view)
    assert first.narrowing == Filters(types=frozenset({"indicator"}), facets=view.facets)
    assert go_on(reading, first.next(5), place=THERE).narrowing == Filters(types=frozenset({"indicator"}))


def test_a_cursor_takes_no_more_of_a_line_than_the_filters_it_carries(reading: Reader) -> None:
    ids = frozenset(f"indicator--{uuid.uuid4()}" for _ in range(100))
    cursor = go_on(reading, None, Filters(stix_ids=ids)).next(5)
    assert len(cursor) < len(",".join(ids))
    assert go_on(reading, cursor).filters.stix_ids == ids


def test_more_filters_than_a_cursor_carries_are_refused_at_the_start(reading: Reader) -> None:
    with pytest.raises(MalformedInputError) as caught:
        go_on(reading, None, Filters(stix_ids=frozenset(f"indicator--{uuid.uuid4()}" for _ in range(400))))
    assert caught.value.code is Code.REQUEST_INVALID


def test_dates_are_kept_to_the_microsecond(reading: Reader) -> None:
    after = NOW + timedelta(microseconds=123_457)
    assert go_on(reading, go_on(reading, None, Filters(added_after=after)).next(None)).filters.added_after == after
