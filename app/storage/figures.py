"""How much there is, and how old the oldest of it: what is read at each scrape of metrics.

Owns the statements, of which none walks what is stored: each asks the end of an index, or counts rows that wait. Kept by
``tests/storage/test_figures.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from app.domain.export import ExportState
from app.domain.paging import MailState
from app.storage.tables import bulk_export, disclosure, export_definition, mail, webhook

_OPEN = (ExportState.WAITING, ExportState.WRITING)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest of them does; None: nothing waits."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ExportFigures:
    """What all definitions of exports together had written since they were made: exports begun, objects, bytes, seconds."""

    definitions: int
    begun: int
    objects: int
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ConnectionFigures:
    """The connections to this database, of all servers and workers, by state; how many wait for a lock; how many there may be."""

    by_state: dict[str, int]
    waiting_for_lock: int
    most: int


def last_disclosure(connection: Connection) -> int:
    """Give the number of the ledger's newest row, 0 without any."""
    newest: int = connection.execute(select(func.coalesce(func.max(disclosure.c.disclosure_id), 0))).scalar_one()
    return newest


def mails_waiting(connection: Connection, now: datetime) -> Waiting:
    """Give the mails that are due and not handed over."""
    due = (mail.c.state == MailState.WAITING) & (mail.c.due_at <= now)
    return Waiting(*connection.execute(select(func.count(), func.min(mail.c.due_at)).where(due)).one())


def open_exports(connection: Connection) -> dict[tuple[str, str], Waiting]:
    """Give the exports that were begun and are not published, by state and trouble (empty: none)."""
    trouble = func.coalesce(bulk_export.c.trouble, "")
    statement = select(bulk_export.c.state, trouble, func.count(), func.min(bulk_export.c.began_at))
    rows = connection.execute(statement.where(bulk_export.c.state.in_(_OPEN)).group_by(bulk_export.c.state, trouble))
    return {(row[0], row[1]): Waiting(row[2], row[3]) for row in rows}


def export_figures(connection: Connection) -> ExportFigures:
    """Give the sums over all definitions; those that ended count as long as they are kept."""
    columns = ("last_number", "written_objects", "written_bytes", "written_milliseconds")
    sums = [func.coalesce(func.sum(export_definition.c[name]), 0) for name in columns]
    living = func.count().filter(export_definition.c.ended_at.is_(None))
    row = connection.execute(select(living, *sums)).one()
    return ExportFigures(row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4]) / 1000)


def webhooks_by_state(connection: Connection) -> dict[str, int]:
    """Give how many webhooks there are, by state; each partner has a few at most."""
    rows = connection.execute(select(webhook.c.state, func.count()).group_by(webhook.c.state))
    return {row[0]: row[1] for row in rows}


def connections(connection: Connection) -> ConnectionFigures | None:
    """Give the connections of PostgreSQL as far as this role may see them (its own); None on SQLite, which has none."""
    if connection.dialect.name == "sqlite":
        return None
    rows = connection.execute(text(_CONNECTIONS)).all()
    by_state: dict[str, int] = {}
    for state, _, count in rows:
        by_state[state] = by_state.get(state, 0) + count
    waiting = sum(count for _, is_waiting, count in rows if is_waiting)
    most = int(connection.execute(text("SHOW max_connections")).scalar_one())
    return ConnectionFigures(by_state, waiting, most)


_CONNECTIONS = """
SELECT coalesce(replace(state, ' ', '-'), 'unknown'), coalesce(wait_event_type = 'Lock', false), count(*)
FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1, 2
"""
