"""What a database knows that an older copy of it does not: what was taken away from somebody since.

Owns statements alone, which also a schema of the release before understands. Kept by ``tests/storage/test_taken_away.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.domain.events import Event, EventRecord
from app.storage.batches import batches
from app.storage.tables import erased_version, event, object_version, restriction


@dataclass(frozen=True, slots=True)
class TakenAway:
    """An object that is seen no more: a withdrawn version, or one restricted for a request, with all its versions."""

    owner_id: str
    stix_id: str
    version: str | None = None
    request_id: str | None = None


def last_event(connection: Connection) -> int:
    """Give the number of the newest event, 0 if there is none."""
    return int(connection.execute(select(func.coalesce(func.max(event.c.event_id), 0))).scalar_one())


def events_since(connection: Connection, after: int | None, since: datetime, kinds: Collection[Event]) -> list[EventRecord]:
    """List the events of these kinds above a number, or since a time where that is not known, oldest first."""
    later = event.c.at >= since if after is None else event.c.event_id > after
    statement = select(event).where(later, event.c.event.in_(sorted(kinds))).order_by(event.c.event_id)
    names = EventRecord.__dataclass_fields__
    rows = connection.execute(statement)
    return [EventRecord(**{name: getattr(row, name) for name in names} | {"event": Event(row.event)}) for row in rows]


def withdrawn_since(connection: Connection, since: datetime, tree_size: int) -> list[TakenAway]:
    """List the versions withdrawn since a time, of those in the first so many leaves of the log; erased ones are not named."""
    ov = object_version.c
    erased = select(erased_version.c.version_id).where(erased_version.c.version_id == ov.version_id).exists()
    these = (ov.withdrawn_at >= since, ov.log_index < tree_size, ~erased)
    statement = select(ov.owner_id, ov.stix_id, ov.version).where(*these).order_by(ov.version_id)
    return [TakenAway(*row) for row in connection.execute(statement)]


def restricted_by(connection: Connection, request_ids: Collection[str]) -> list[TakenAway]:
    """List the objects that these requests restrict."""
    rs, found = restriction.c, list[TakenAway]()
    for some in batches(sorted(request_ids)):
        rows = connection.execute(select(rs.owner_id, rs.stix_id, rs.request_id).where(rs.request_id.in_(some)))
        found += [TakenAway(row.owner_id, row.stix_id, request_id=row.request_id) for row in rows]
    return found
