from __future__ import annotations

from dataclasses import replace

from app.domain.events import Event, EventRecord
from app.storage import events
from app.storage.session import Database
from tests.factories.policy_values import NOW, SECOND
from tests.storage.samples import READER

FULL = EventRecord(Event.OBJECT_REFUSE, NOW, READER, "credential-1", "subject-1", "profile-violation", "/objects/3/name")
BARE = EventRecord(Event.WORK_DEAD, NOW + SECOND)


def _add(database: Database, *records: EventRecord) -> None:
    with database.write() as connection:
        events.add_events(connection, records)


def test_events_come_back_as_they_were_oldest_first(exchange: Database) -> None:
    _add(exchange, FULL, BARE)
    with exchange.read() as connection:
        found = events.events(connection, 0, 10)
    assert [record for _number, record in found] == [FULL, BARE]
    assert [type(record.event) for _number, record in found] == [Event, Event]


def test_no_event_needs_no_row(exchange: Database) -> None:
    _add(exchange)
    with exchange.read() as connection:
        assert events.events(connection, 0, 10) == []


def test_events_are_listed_in_pages(exchange: Database) -> None:
    _add(exchange, *(replace(BARE, subject=str(number)) for number in range(5)))
    with exchange.read() as connection:
        first = events.events(connection, 0, 3)
        rest = events.events(connection, first[-1][0], 3)
    assert [record.subject for _number, record in first + rest] == list("01234")


def test_whom_something_happened_to_lately_by_event_and_code(exchange: Database) -> None:
    change = EventRecord(Event.PERSON_CHANGE, NOW, READER, None, "person-1", "administrator")
    _add(exchange, change, replace(change, subject="person-2", code=None), replace(change, at=NOW - SECOND, subject="person-3"))
    kinds = [(Event.PERSON_CHANGE, "administrator")]
    with exchange.read() as connection:
        assert events.subjects_since(connection, kinds, NOW - SECOND) == {"person-1"}
        assert events.subjects_since(connection, [(Event.PERSON_CHANGE, None)], NOW - SECOND) == {"person-1", "person-2"}
