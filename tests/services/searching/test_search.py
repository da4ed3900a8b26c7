from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import Code, MalformedInputError
from app.domain.search_query import read_query
from app.domain.vocabulary import Channel, Harm, Purpose, Role
from app.services.reading import bodies
from app.services.searching.search import MOST_COUNTED, Filters, FoundPage, SearchRequest, count_found, search
from app.storage.disclosures import decode_versions
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import context, indicator, newer, user_account


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def other(hub: Hub) -> Member:
    return hub.enrol("Platform B", jurisdiction="GB")


def _search(
    hub: Hub, member: Member, typed: str | None, limit: int = 100, cursor: str | None = None, **filters: Any
) -> FoundPage:
    query = None if typed is None else read_query(typed)
    return search(hub.exchange, member.reader(channel=Channel.REST), SearchRequest(query, Filters(**filters), cursor, limit))


def _names(found: FoundPage) -> list[str]:
    return [json.loads(body)["name"] for body in found.objects]


def test_names_descriptions_and_behaviours_are_found_newest_first(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(
        indicator(name="Rooms that vanish", description="Opened and closed."),
        indicator(name="Another thing", stated=context(behaviours=["OP-012"])),
        indicator(name="Vanishing links"),
    )
    assert _names(_search(hub, other, "vanish*")) == ["Vanishing links", "Rooms that vanish"]
    assert _names(_search(hub, other, '"opened and closed"')) == ["Rooms that vanish"]
    assert _names(_search(hub, other, "OP-012")) == ["Another thing"]
    assert _names(_search(hub, other, "vanish* -links")) == ["Rooms that vanish"]
    assert _names(_search(hub, other, None)) == ["Vanishing links", "Another thing", "Rooms that vanish"]
    assert _search(hub, other, "absent").objects == []


def test_a_word_of_a_behaviours_name_finds_what_shows_it_beside_its_own_words(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(
        indicator(name="Case one", stated=context(behaviours=["OP-012"])),
        indicator(name="Case two", stated=context(behaviours=["OP-001"])),
    )
    assert _names(_search(hub, other, "extortion case")) == ["Case one"]
    assert _names(_search(hub, other, "case -extortion")) == ["Case two"]


def test_what_is_hidden_is_not_found_counted_or_in_the_ledger(hub: Hub, publisher: Member, other: Member) -> None:
    reader = hub.enrol("Hotline A", Role.HOTLINE)
    mark = publisher.mark_for(reader)
    publisher.store(indicator(name="Shared room", object_marking_refs=[mark]))
    for request in ("room", None):
        found = _search(hub, other, request)
        assert (found.objects, found.next) == ([], None)
    asked = SearchRequest(read_query("room"), Filters())
    counted = count_found(hub.exchange, other.reader(), asked)
    assert (counted.counted, counted.by_kind["owner"]) == (0, {})
    assert _ledger(hub) == []
    assert count_found(hub.exchange, reader.reader(), asked).by_kind["owner"] == {publisher.id: 1}
    assert _names(_search(hub, reader, "room")) == ["Shared room"]
    assert [(one[0], one[1]) for one in _ledger(hub)] == [("existence", 1), ("content", 1)]


def _ledger(hub: Hub) -> list[tuple[str, int]]:
    with hub.exchange.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT extent, versions FROM disclosure ORDER BY disclosure_id").all()
    return [(extent, len(decode_versions(bytes(versions)))) for extent, versions in rows]


def test_of_each_object_its_newest_version_is_found_and_what_it_no_longer_says_is_not(
    hub: Hub, publisher: Member, other: Member
) -> None:
    value = indicator(name="First words")
    publisher.store(value)
    publisher.store(newer(value, name="Second words"))
    assert _names(_search(hub, other, "words")) == ["Second words"]
    assert _names(_search(hub, other, "first")) == []


def test_pages_go_on_where_they_ended_and_only_for_the_same_search(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(*(indicator(name=f"Room {number}") for number in range(5)))
    first = _search(hub, other, "room", limit=2)
    assert (_names(first), first.is_complete) == (["Room 4", "Room 3"], True)
    publisher.store(indicator(name="Room 5"))
    second = _search(hub, other, "ROOM", limit=2, cursor=first.next)
    third = _search(hub, other, "room", limit=2, cursor=second.next)
    assert (_names(second), _names(third), third.next) == (["Room 2", "Room 1"], ["Room 0"], None)
    for wrong in (
        lambda: _search(hub, other, "rooms", cursor=first.next),
        lambda: _search(hub, other, "room", cursor=first.next, types=frozenset({"indicator"})),
        lambda: _search(hub, publisher, "room", cursor=first.next),
        lambda: _search(hub, other, "room", cursor=other.page(limit=1).next),
    ):
        with pytest.raises(MalformedInputError) as caught:
            wrong()
        assert caught.value.code is Code.CURSOR_INVALID


def test_a_page_ends_with_the_object_that_makes_it_long_the_newest_first(
    hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.store(*(indicator(name=f"Room {number}") for number in range(4)))
    length = len(next(iter(_search(hub, other, "room", limit=1).objects)))
    monkeypatch.setattr(bodies, "MAX_PAGE_BYTES", length)
    first = _search(hub, other, "room")
    assert (_names(first), first.more) == (["Room 3", "Room 2"], True)
    second = _search(hub, other, "room", cursor=first.next)
    assert (_names(second), second.more, second.next) == (["Room 1", "Room 0"], False, None)
    assert _ledger(hub)[1:] == [("content", 2), ("content", 2)]


def test_counts_say_how_many_of_each_kind_there_are(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(
        indicator(name="Room", stated=context(harm_types=[Harm.CSAM], behaviours=["OP-012"], surfaces=["live-stream"])),
        indicator(name="Room", stated=context(harm_types=[Harm.CSAM])),
        user_account("room"),
    )
    counted = count_found(hub.exchange, other.reader(), SearchRequest(read_query("room"), Filters()))
    assert (counted.counted, counted.at_least) == (2, False)
    assert counted.by_kind["harm"] == {"csam": 2}
    assert counted.by_kind["behaviour"] == {"OP-012": 1}
    assert counted.by_kind["owner"] == {publisher.id: 2}


def test_beyond_a_thousand_counts_say_at_least(quick_hub: Hub) -> None:
    publisher = quick_hub.enrol("Platform A")
    publisher.store(*(indicator(name="Room") for _ in range(MOST_COUNTED + 1)))
    counted = count_found(quick_hub.exchange, publisher.reader(), SearchRequest(read_query("room"), Filters()))
    assert (counted.counted, counted.at_least, counted.by_kind["type"]) == (MOST_COUNTED, True, {"indicator": MOST_COUNTED})


def test_another_purpose_sees_what_it_may_alone(hub: Hub, publisher: Member, other: Member) -> None:
    mark = publisher.mark_for(other, purposes=[Purpose.INVESTIGATION])
    publisher.store(indicator(name="Room", object_marking_refs=[mark]))
    assert _names(_search(hub, other, "room")) == []
