"""The work ledger: what is to be done later or again, by whichever worker comes first.

A worker claims a row for a lease, measured by the database's clock, and finishes it under the fence number it was given: whoever
comes back after its lease ran out and another took over writes nothing. A row that was claimed too often is dead: it would kill
its workers for ever. Kept by ``tests/storage/test_work.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, func, insert, or_, select, update

from app.storage import documents
from app.storage.session import database_time
from app.storage.tables import work

MAX_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed row of work. ``payload`` is plain JSON of ours."""

    work_id: int
    kind: str
    payload: Mapping[str, Any]
    fence: int
    attempts: int


def add_work(connection: Connection, kind: str, payload: Mapping[str, Any], due_at: datetime) -> None:
    """Put work on the ledger, in the transaction that makes it necessary."""
    row = {"kind": kind, "payload": documents.dump(payload), "state": "waiting", "due_at": due_at, "attempts": 0, "fence": 0}
    connection.execute(insert(work).values(row))


def has_waiting(connection: Connection, kind: str, due_by: datetime | None = None) -> bool:
    """Whether work of this kind is waiting or running (due at ``due_by`` or before, if that is given).

    What comes back by itself is put on the ledger once.
    """
    statement = select(func.count()).select_from(work).where(work.c.kind == kind, work.c.state == "waiting")
    if due_by is not None:
        statement = statement.where(work.c.due_at <= due_by)
    count: int = connection.execute(statement).scalar_one()
    return count > 0


def due_at_of(connection: Connection, kind: str, payload: Mapping[str, Any]) -> datetime | None:
    """Give when the work of exactly this kind and payload is due that is waiting or running; None: there is none."""
    statement = select(func.min(work.c.due_at)).where(_is_this(kind, payload))
    due_at: datetime | None = connection.execute(statement).scalar_one()
    return due_at


def bring_forward(connection: Connection, kind: str, payload: Mapping[str, Any], due_at: datetime) -> bool:
    """Let the work of exactly this kind and payload be due at a moment, unless it is before; False if there is none.

    What is running goes on, and says itself when it is due again.
    """
    later = update(work).where(_is_this(kind, payload), work.c.due_at > due_at).values(due_at=due_at)
    return connection.execute(later).rowcount > 0 or due_at_of(connection, kind, payload) is not None


def _is_this(kind: str, payload: Mapping[str, Any]) -> Any:
    return and_(work.c.kind == kind, work.c.state == "waiting", work.c.payload == documents.dump(payload))


def is_first(connection: Connection, task: Task) -> bool:
    """Whether no other work of exactly this kind and payload was put on the ledger before and is not done: that one goes on."""
    before = exists().where(_is_this(task.kind, task.payload), work.c.work_id < task.work_id)
    found: bool = connection.execute(select(~before)).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Lane:
    """Which kinds of work somebody does: those of ``kinds``, or all but those."""

    kinds: frozenset[str] = frozenset()
    but_those: bool = True


EVERY_KIND = Lane()


def claim(connection: Connection, lease: timedelta, due_by: datetime | None = None, lane: Lane = EVERY_KIND) -> Task | None:
    """Lease the next row that is due by the caller's clock, None if there is none. Workers that claim at once get different rows.

    ``due_by`` is the clock by which work was put on the ledger and by which it will be done; the database's own if not given.
    """
    now = database_time(connection)
    free = or_(work.c.leased_until.is_(None), work.c.leased_until <= now)
    due = work.c.due_at <= (due_by or now)
    statement = select(work).where(work.c.state == "waiting", due, free, work.c.attempts < MAX_ATTEMPTS)
    kinds = sorted(lane.kinds)
    statement = statement.where(work.c.kind.not_in(kinds) if lane.but_those else work.c.kind.in_(kinds))
    row = connection.execute(
        statement.order_by(work.c.due_at, work.c.work_id).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    values = {"leased_until": now + lease, "fence": row.fence + 1, "attempts": row.attempts + 1}
    connection.execute(update(work).where(work.c.work_id == row.work_id).values(values))
    return Task(row.work_id, row.kind, documents.load(row.payload), row.fence + 1, row.attempts + 1)


def _held(task: Task) -> Any:
    return and_(work.c.work_id == task.work_id, work.c.fence == task.fence, work.c.state == "waiting")


def renew(connection: Connection, task: Task, lease: timedelta) -> bool:
    """Hold a task for another lease from now on; False if another worker took it over, and then the caller must stop."""
    values = {"leased_until": database_time(connection) + lease}
    return connection.execute(update(work).where(_held(task)).values(values)).rowcount == 1


def finish(connection: Connection, task: Task) -> bool:
    """Mark a task done; False if another worker took it over meanwhile, and then the caller must roll back."""
    return connection.execute(update(work).where(_held(task)).values(state="done", leased_until=None)).rowcount == 1


def carry_on(connection: Connection, task: Task, payload: Mapping[str, Any], due_at: datetime) -> bool:
    """Put a task back with its progress, to go on at ``due_at``; False as with ``finish``. Attempts start anew."""
    values = {"payload": documents.dump(payload), "due_at": due_at, "leased_until": None, "attempts": 0}
    return connection.execute(update(work).where(_held(task)).values(values)).rowcount == 1


def put_back(connection: Connection, task: Task, due_at: datetime) -> None:
    """Free a task that failed, to be tried again at ``due_at``."""
    connection.execute(update(work).where(_held(task)).values(due_at=due_at, leased_until=None))


def bury_exhausted(connection: Connection) -> list[int]:
    """Move rows past the attempt limit, whose lease has run out, to dead. Gives their numbers."""
    now = database_time(connection)
    spent = (work.c.state == "waiting") & (work.c.attempts >= MAX_ATTEMPTS)
    free = or_(work.c.leased_until.is_(None), work.c.leased_until <= now)
    return list(connection.execute(update(work).where(spent, free).values(state="dead").returning(work.c.work_id)).scalars())
