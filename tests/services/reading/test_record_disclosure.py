from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from app.domain.errors import UnavailableError
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.services.reading import disclosing
from app.services.reading import record_disclosure as recording
from app.services.reading.record_disclosure import Manner, record_disclosure
from app.services.reading.visible_set import looking
from app.storage import feed, recalls
from app.storage.feed import Filters, Window
from app.storage.recalls import NewRecall
from app.storage.tables import disclosure
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW, SECOND
from tests.factories.stix_objects import indicator


def _withdraw(hub: Hub, owner: Member, now: datetime) -> None:
    """Let everything be withdrawn, in one transaction."""
    with hub.exchange.database.write() as connection:
        new = NewRecall(str(uuid.uuid4()), owner.id, RecallReason.ERROR, RecallAct.DELETE, frozenset({1}))
        recalls.add_recall(connection, new, now)
        connection.execute(text("UPDATE object_version SET visible_until = :now"), {"now": now.replace(tzinfo=None)})


def _rows(hub: Hub) -> list[Any]:
    with hub.exchange.database.read() as connection:
        return list(connection.execute(select(disclosure)).all())


@pytest.fixture
def pair(hub: Hub) -> tuple[Member, Member]:
    publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    publisher.store(indicator())
    other.page(types=frozenset({"report"}))
    return publisher, other


@pytest.mark.parametrize("feed_number", [0, 7])
def test_a_row_says_in_whose_feed_it_was_read(hub: Hub, pair: tuple[Member, Member], feed_number: int) -> None:
    reading = pair[1].reader()
    with looking(hub.exchange, reading.key, NOW) as look:
        found = feed.page(look.connection, look.viewpoint, Window(0, 10, NOW), Filters())
    assert record_disclosure(hub.exchange, reading, look, found, Manner(feed_number))
    (row,) = _rows(hub)
    assert (row.feed, row.version_count, row.first_version_id, row.last_version_id) == (feed_number, 1, 1, 1)


def test_what_was_withdrawn_since_the_look_is_not_recorded_as_given(hub: Hub, pair: tuple[Member, Member]) -> None:
    reading = pair[1].reader()
    with looking(hub.exchange, reading.key, NOW) as look:
        found = feed.page(look.connection, look.viewpoint, Window(0, 10, NOW), Filters())
    _withdraw(hub, pair[0], NOW)
    assert not record_disclosure(hub.exchange, reading, look, found)
    assert _rows(hub) == []


def test_what_else_is_withdrawn_meanwhile_does_not_disturb(hub: Hub, pair: tuple[Member, Member]) -> None:
    publisher, other = pair
    reading = other.reader()
    with looking(hub.exchange, reading.key, NOW) as look:
        found = feed.page(look.connection, look.viewpoint, Window(0, 10, NOW), Filters())
    for _ in range(5):
        with hub.exchange.database.write() as connection:
            new = NewRecall(str(uuid.uuid4()), publisher.id, RecallReason.ERROR, RecallAct.DELETE, frozenset({7, 8}))
            recalls.add_recall(connection, new, NOW)
    assert record_disclosure(hub.exchange, reading, look, found)
    (row,) = _rows(hub)
    assert (row.first_version_id, row.last_version_id) == (1, 1)


def test_after_very_many_withdrawals_it_is_read_again_without_asking_which(
    hub: Hub, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_MOST_WITHDRAWN", 2)
    reading = pair[1].reader()
    with looking(hub.exchange, reading.key, NOW) as look:
        found = feed.page(look.connection, look.viewpoint, Window(0, 10, NOW), Filters())
    with hub.exchange.database.write() as connection:
        new = NewRecall(str(uuid.uuid4()), pair[0].id, RecallReason.ERROR, RecallAct.DELETE, frozenset({7, 8}))
        recalls.add_recall(connection, new, NOW)
    assert not record_disclosure(hub.exchange, reading, look, found)
    assert _rows(hub) == []


def test_an_answer_overtaken_by_a_withdrawal_is_read_again(
    hub: Hub, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher, other = pair
    real = record_disclosure
    asked = []

    def overtaken(*arguments: Any) -> bool:
        if not asked:
            _withdraw(hub, publisher, NOW)
        asked.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(disclosing, "record_disclosure", overtaken)
    assert other.page().objects == []
    assert len(asked) == 1
    assert _rows(hub) == []


def test_after_some_tries_nothing_is_given(hub: Hub, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosing, "record_disclosure", lambda *_: False)
    with pytest.raises(UnavailableError):
        pair[1].page()
    assert _rows(hub) == []


def test_what_was_withdrawn_is_hidden_though_our_clock_is_behind(hub: Hub, pair: tuple[Member, Member]) -> None:
    """The instant of a request is taken before its snapshot: a withdrawal may be in the snapshot and lie after the instant."""
    _withdraw(hub, pair[0], NOW + SECOND)
    assert hub.clock.now == NOW
    assert pair[1].page().objects == []
