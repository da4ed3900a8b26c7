"""Recorded events: names, ids and codes; never a submitted value.

Kept by ``tests/storage/test_events.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, or_, select

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


def subjects_since(connection: Connection, kinds: Collection[tuple[Event, str | None]], since: datetime) -> set[str]:
    """Give whom or what events of these kinds were about after a moment; a kind is an event and its code (None: any)."""
    wanted = [event.c.event == kind if code is None else (event.c.event == kind) & (event.c.code == code) for kind, code in kinds]
    found = connection.execute(select(event.c.subject).where(event.c.at > since, or_(*wanted)))
    return {str(one) for one in found.scalars() if one is not None}
