from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.saved_search import MOST_SEARCHES, SavedSearch
from app.domain.search_query import read_query
from app.domain.vocabulary import Channel, PartnerState, Purpose, Tlp
from app.services.membership.enrol_partner import change_state
from app.services.reading import bodies
from app.services.reading.readers import Reader, reader
from app.services.searching.keep_searches import NewSearch, list_searches, mark_seen, new_of, remove_search, save_search
from app.services.searching.search import FoundPage
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.stix_objects import indicator, newer


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def other(hub: Hub) -> Member:
    return hub.enrol("Platform B", jurisdiction="GB")


def _save(hub: Hub, member: Member, typed: str | None = "room", name: str = "rooms", **filters: Any) -> SavedSearch:
    query = None if typed is None else read_query(typed)
    return save_search(hub.exchange, member.reader(), NewSearch(name, query, filters))


def _new(
    hub: Hub, member: Member, saved: SavedSearch, cursor: str | None = None, limit: int = 100
) -> tuple[list[str], FoundPage]:
    page = new_of(hub.exchange, member.reader(), saved.search_id, cursor, limit)
    return [json.loads(body)["name"] for body in page.objects], page


def test_what_comes_later_is_new_until_it_is_marked_as_seen(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator(name="Room of before"))
    saved = _save(hub, other)
    assert _new(hub, other, saved)[0] == []
    publisher.store(indicator(name="Room 1"), indicator(name="Something else"), indicator(name="Room 2"))
    for _ in range(2):
        names, page = _new(hub, other, saved)
        assert names == ["Room 1", "Room 2"]
    assert page.next is not None
    mark_seen(hub.exchange, other.reader(), saved.search_id, page.next)
    assert _new(hub, other, saved)[0] == []
    publisher.store(indicator(name="Room 3"))
    assert _new(hub, other, saved)[0] == ["Room 3"]


def test_pages_of_what_is_new_follow_each_other(hub: Hub, publisher: Member, other: Member) -> None:
    saved = _save(hub, other)
    publisher.store(*(indicator(name=f"Room {number}") for number in range(5)))
    seen: list[str] = []
    cursor, more = None, True
    while more:
        names, page = _new(hub, other, saved, cursor, 2)
        cursor, more = page.next, page.more
        seen += names
    assert seen == [f"Room {number}" for number in range(5)]
    assert _new(hub, other, saved, cursor)[0] == []


def test_a_page_of_what_is_new_ends_with_the_object_that_makes_it_long(
    hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = _save(hub, other)
    publisher.store(*(indicator(name=f"Room {number}") for number in range(3)))
    monkeypatch.setattr(bodies, "MAX_PAGE_BYTES", 0)
    names, page = _new(hub, other, saved)
    assert (names, page.more) == (["Room 0"], True)
    monkeypatch.setattr(bodies, "MAX_PAGE_BYTES", 100_000)
    names, page = _new(hub, other, saved, page.next)
    assert (names, page.more) == (["Room 1", "Room 2"], False)


def test_filters_narrow_and_a_newer_version_is_new_again(hub: Hub, publisher: Member, other: Member) -> None:
    saved = _save(hub, other, None, type=["indicator"], harm=["live-streamed-csa"])
    value = indicator(name="One")
    publisher.store(value)
    page = _new(hub, other, saved)[1]
    mark_seen(hub.exchange, other.reader(), saved.search_id, str(page.next))
    publisher.store(newer(value, name="Two"))
    assert _new(hub, other, saved)[0] == ["Two"]


def test_what_is_hidden_is_not_new_and_access_that_ended_shows_nothing(hub: Hub, publisher: Member, other: Member) -> None:
    saved = _save(hub, other)
    mark = publisher.mark_for(hub.enrol("Platform C"))
    publisher.store(indicator(name="Room", object_marking_refs=[mark]))
    assert _new(hub, other, saved)[0] == []
    publisher.store(indicator(name="Shared room"))
    assert _new(hub, other, saved)[0] == ["Shared room"]
    other.agree(purposes=[Purpose.AUDIT])
    assert _new(hub, other, saved)[0] == []


def test_a_search_is_read_for_its_purpose_and_ceiling_by_its_partner_alone(hub: Hub, publisher: Member, other: Member) -> None:
    saved = _save(hub, other)
    lower = other.with_ceiling(other.reader(), Tlp.CLEAR)
    for wrong in (other.reader(Purpose.INVESTIGATION), lower):
        with pytest.raises(ForbiddenError) as caught:
            new_of(hub.exchange, wrong, saved.search_id, None, 1)
        assert caught.value.code is Code.PURPOSE_NOT_PERMITTED
    for search_id in (saved.search_id, "none"):
        with pytest.raises(NotFoundError):
            new_of(hub.exchange, publisher.reader(), search_id, None, 1)
        with pytest.raises(NotFoundError):
            remove_search(hub.exchange, publisher.principal, search_id)
    with pytest.raises(MalformedInputError):
        mark_seen(hub.exchange, other.reader(), saved.search_id, other.page().next)
    assert list_searches(hub.exchange, publisher.principal) == []


def test_searches_are_listed_and_removed_and_few(quick_hub: Hub) -> None:
    publisher = quick_hub.enrol("Platform A")
    first = _save(quick_hub, publisher)
    assert list_searches(quick_hub.exchange, publisher.principal) == [first]
    with pytest.raises(ConflictError):
        _save(quick_hub, publisher)
    for number in range(MOST_SEARCHES - 1):
        _save(quick_hub, publisher, name=f"search {number}")
    with pytest.raises(ConflictError):
        _save(quick_hub, publisher, name="one more")
    remove_search(quick_hub.exchange, publisher.principal, first.search_id)
    assert len(list_searches(quick_hub.exchange, publisher.principal)) == MOST_SEARCHES - 1


def test_without_the_right_nothing_is_kept_or_shown(quick_hub: Hub) -> None:
    publisher = quick_hub.enrol("Platform A")
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.SEARCHES_READ, Permission.SEARCHES_WRITE})
    reading: Reader = reader(lesser, Purpose.DETECTION, Channel.REST)
    with pytest.raises(ForbiddenError):
        save_search(quick_hub.exchange, reading, NewSearch("x", None, {}))
    with pytest.raises(ForbiddenError):
        new_of(quick_hub.exchange, reading, "x", None, 1)
    with pytest.raises(ForbiddenError):
        mark_seen(quick_hub.exchange, reading, "x", "x")
    for principal in (lesser, quick_hub.operator):
        with pytest.raises(ForbiddenError):
            list_searches(quick_hub.exchange, principal)


def test_a_partner_that_ended_leaves_no_searches(quick_hub: Hub) -> None:
    publisher = quick_hub.enrol("Platform A")
    _save(quick_hub, publisher)
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.ENDED)
    with quick_hub.exchange.database.read() as connection:
        assert connection.exec_driver_sql("SELECT search_id FROM saved_search").all() == []
