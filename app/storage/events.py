"""Recorded events: names, ids and codes; never a submitted value.

Kept by ``tests/storage/test_events.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, select

from app.domain.events import Event, EventRecord
from app.storage.many_rows import add_rows
from app.storage.tables import event


def add_events(connection: Connection, records: Sequence[EventRecord]) -> None:
    """Keep events."""
    add_rows(connection, event, [asdict(record) for record in records])


def events(connection: Connection, after: int, limit: int) -> list[tuple[int, EventRecord]]:
    """List events above number ``after``, oldest first; for operators and auditors.

    NOT promised: that an event written at the same time does not appear below the last one listed, a moment later.
    """
    statement = select(event).where(event.c.event_id > after)
    rows = connection.execute(statement.order_by(event.c.event_id).limit(limit))
    names = EventRecord.__dataclass_fields__
    return [
        (row.event_id, EventRecord(**{name: getattr(row, name) for name in names} | {"event": Event(row.event)})) for row in rows
    ]
