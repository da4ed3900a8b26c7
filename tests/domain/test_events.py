"""Keeps the names of recorded events."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime

from app.domain.events import Event, EventRecord


def test_events_are_alphabetical_and_say_resource_and_action() -> None:
    values = [event.value for event in Event]
    assert values == sorted(set(values))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*", value) for value in values)
    assert [event.name for event in Event] == [re.sub(r"[:-]", "_", value).upper() for value in values]


def test_an_event_needs_no_more_than_its_name_and_time() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    record = EventRecord(Event.WORK_DEAD, at)
    assert (record.event, record.at) == (Event.WORK_DEAD, at)
    assert all(getattr(record, field.name) is None for field in fields(record)[2:])
