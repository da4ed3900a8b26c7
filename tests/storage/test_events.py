"""Recorded events and their order."""

from __future__ import annotations

from app.domain.events import Event, EventRecord
from app.storage.events import add_events, events
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import READER

BARE = EventRecord(Event.WORK_DEAD, NOW)
FULL = EventRecord(
    Event.OBJECT_REFUSE,
    NOW - DAY,
    partner_id=READER,
    credential_id="credential-1",
    subject="key-1",
    code="schema-violation",
    pointer="/objects/0/name",
)


def test_events_come_back_as_they_were_in_the_order_of_their_recording(exchange: Database) -> None:
    with exchange.write() as connection:
        add_events(connection, [BARE, FULL])

    with exchange.read() as connection:
        assert events(connection, 0, 10) == [(1, BARE), (2, FULL)]


def test_no_events_are_nothing_to_write(database: Database) -> None:
    with database.write() as connection:
        add_events(connection, [])

    with database.read() as connection:
        assert events(connection, 0, 10) == []


def test_a_follower_goes_on_after_the_last_it_saw(exchange: Database) -> None:
    with exchange.write() as connection:
        add_events(connection, [BARE, FULL, BARE])

    with exchange.read() as connection:
        assert events(connection, 1, 1) == [(2, FULL)]
        assert events(connection, 3, 10) == []


def test_an_event_waits_for_those_numbered_before_it(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.write() as slow:
        add_events(slow, [BARE])
        with database.write() as quick:
            add_events(quick, [EventRecord(Event.KEY_REGISTER, NOW.replace(year=9000))])
        with database.read() as connection:
            early = events(connection, 0, 10)
    with database.read() as connection:
        late = events(connection, 0, 10)
    database.dispose()

    assert early == []
    assert [number for number, _ in late] == [1, 2]
