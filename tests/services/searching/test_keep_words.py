from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from app.domain.search_query import read_query
from app.services.searching import keep_words
from app.services.searching.keep_words import INDEX_WORDS, ensure_indexing, make_anew, purge_erased
from app.services.searching.search import Filters, SearchRequest, search
from app.storage import words, work
from app.storage.tables import object_text
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, user_account


@pytest.fixture
def publisher(hub: Hub) -> Member:
    member = hub.enrol("Platform A")
    member.store(*(indicator(name=f"Room {number}") for number in range(7)), user_account("someone"))
    return member


def _forget(hub: Hub) -> None:
    """Make the database what it was before there was full text, right after it was brought up to date."""
    with hub.exchange.database.write() as connection:
        connection.execute(delete(object_text))
        words.begin_anew(connection)


def _found(hub: Hub, member: Member) -> tuple[int, bool]:
    found = search(hub.exchange, member.reader(), SearchRequest(read_query("room"), Filters(), None, 100))
    return len(found.objects), found.is_complete


def test_what_was_stored_before_is_found_once_it_was_looked_through(
    hub: Hub, publisher: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _found(hub, publisher) == (7, True)
    monkeypatch.setattr(keep_words, "_AT_ONCE", 3)
    _forget(hub)
    assert _found(hub, publisher) == (0, False)
    with hub.exchange.database.write() as connection:
        ensure_indexing(connection, hub.clock())
        ensure_indexing(connection, hub.clock())
    hub.work()
    assert _found(hub, publisher) == (7, True)
    with hub.exchange.database.read() as connection:
        assert not work.has_waiting(connection, INDEX_WORDS)


def test_what_comes_meanwhile_is_found_at_once(hub: Hub, publisher: Member) -> None:
    _forget(hub)
    publisher.store(indicator(name="Room of now"))
    assert _found(hub, publisher) == (1, False)


def test_all_words_can_be_made_anew(hub: Hub, publisher: Member) -> None:
    with hub.exchange.database.write() as connection:
        connection.execute(delete(object_text).where(object_text.c.version_id < 4))
    told: list[int] = []
    assert make_anew(hub.exchange, told.append) == sum(told) == 8
    assert _found(hub, publisher) == (7, True)
    purge_erased(hub.exchange)
    with hub.exchange.database.read() as connection:
        assert len(connection.execute(select(object_text.c.version_id)).all()) == 8
