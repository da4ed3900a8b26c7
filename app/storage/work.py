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

from app.domain.work import WorkState
from app.storage import documents
from app.storage.session import database_time
from app.storage.tables import work

MAX_ATTEMPTS = 10
_MOST_OF_A_FAILURE = 500


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed row of work. ``payload`` is plain JSON of ours."""

    work_id: int
    kind: str
    payload: Mapping[str, Any]
    fence: int
    attempts: int


def add_work(
    connection: Connection, kind: str, payload: Mapping[str, Any], due_at: datetime, partner_id: str | None = None
) -> None:
    """Put work on the ledger, in the transaction that makes it necessary; ``partner_id``: whose turn it takes in a fair lane."""
    row = {
        "kind": kind,
        "payload": documents.dump(payload),
        "state": WorkState.WAITING,
        "due_at": due_at,
        "wanted_at": due_at,
        "attempts": 0,
        "fence": 0,
        "partner_id": partner_id,
    }
    connection.execute(insert(work).values(row))


def has_waiting(connection: Connection, kind: str, due_by: datetime | None = None) -> bool:
    """Whether work of this kind is waiting or running (due at ``due_by`` or before, if that is given).

    What comes back by itself is put on the ledger once.
    """
    statement = select(func.count()).select_from(work).where(work.c.kind == kind, work.c.state == WorkState.WAITING)
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
    later = update(work).where(_is_this(kind, payload), work.c.due_at > due_at).values(due_at=due_at, wanted_at=due_at)
    return connection.execute(later).rowcount > 0 or due_at_of(connection, kind, payload) is not None


def _is_this(kind: str, payload: Mapping[str, Any]) -> Any:
    return and_(work.c.kind == kind, work.c.state == WorkState.WAITING, work.c.payload == documents.dump(payload))


def is_first(connection: Connection, task: Task) -> bool:
    """Whether no other work of exactly this kind and payload was put on the ledger before and is not done: that one goes on."""
    before = exists().where(_is_this(task.kind, task.payload), work.c.work_id < task.work_id)
    found: bool = connection.execute(select(~before)).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Lane:
    """Which kinds of work somebody does: those of ``kinds``, or all but those. In a ``fair`` one partners take turns.

    ``only`` is the number of the one row that is looked at; None: all of them.
    """

    kinds: frozenset[str] = frozenset()
    but_those: bool = True
    fair: bool = False
    only: int | None = None


EVERY_KIND = Lane()


def claim(
    connection: Connection,
    lease: timedelta,
    due_by: datetime | None = None,
    lane: Lane = EVERY_KIND,
    by: str | None = None,
) -> Task | None:
    """Lease the next row that is due by the caller's clock, None if there is none. Workers that claim at once get different rows.

    ``due_by`` is the clock by which work was put on the ledger and by which it will be done; the database's own if not given.
    ``by`` names the worker.
    """
    now = database_time(connection)
    statement = select(work).where(is_free(now), work.c.due_at <= (due_by or now), work.c.attempts < MAX_ATTEMPTS)
    kinds = sorted(lane.kinds)
    statement = statement.where(work.c.kind.not_in(kinds) if lane.but_those else work.c.kind.in_(kinds))
    if lane.only is not None:
        statement = statement.where(work.c.work_id == lane.only)
    if lane.fair:
        statement = statement.order_by(_last_turn().nulls_first())
    row = connection.execute(
        statement.order_by(work.c.due_at, work.c.work_id).limit(1).with_for_update(skip_locked=True, of=work)
    ).one_or_none()
    if row is None:
        return None
    values = {"leased_until": now + lease, "fence": row.fence + 1, "attempts": row.attempts + 1}
    values |= {"claimed_at": now, "claimed_by": by}
    connection.execute(update(work).where(work.c.work_id == row.work_id).values(values))
    return Task(row.work_id, row.kind, documents.load(row.payload), row.fence + 1, row.attempts + 1)


def is_free(now: datetime) -> Any:
    """Give the condition of rows that wait and that nobody holds; ``now`` is the database's time."""
    return and_(work.c.state == WorkState.WAITING, or_(work.c.leased_until.is_(None), work.c.leased_until <= now))


def _last_turn() -> Any:
    """Give when work of the row's partner was last claimed; null for one that never had a turn, and for nobody's work."""
    earlier = work.alias("earlier")
    return select(func.max(earlier.c.claimed_at)).where(earlier.c.partner_id == work.c.partner_id).scalar_subquery()


def _held(task: Task) -> Any:
    return and_(work.c.work_id == task.work_id, work.c.fence == task.fence, work.c.state == WorkState.WAITING)


def renew(connection: Connection, task: Task, lease: timedelta) -> bool:
    """Hold a task for another lease from now on; False if another worker took it over, and then the caller must stop."""
    values = {"leased_until": database_time(connection) + lease}
    return connection.execute(update(work).where(_held(task)).values(values)).rowcount == 1


def finish(connection: Connection, task: Task, at: datetime | None = None) -> bool:
    """Mark a task done; False if another worker took it over meanwhile, and then the caller must roll back.

    ``at`` is the clock by which what is done is forgotten later; the database's own if not given.
    """
    values = {"state": WorkState.DONE, "leased_until": None, "ended_at": at or database_time(connection)}
    return connection.execute(update(work).where(_held(task)).values(values)).rowcount == 1


def carry_on(connection: Connection, task: Task, payload: Mapping[str, Any], due_at: datetime) -> bool:
    """Put a task back with its progress, to go on at ``due_at``; False as with ``finish``. Attempts start anew."""
    values = {"payload": documents.dump(payload), "due_at": due_at, "wanted_at": due_at, "leased_until": None, "attempts": 0}
    values |= {"failure": None, "announced_at": None}
    return connection.execute(update(work).where(_held(task)).values(values)).rowcount == 1


def put_back(connection: Connection, task: Task, due_at: datetime, failure: str | None = None, *, counted: bool = True) -> None:
    """Free a task that failed, to be tried again at ``due_at``; ``failure`` is its kind and places.

    One that is not ``counted`` is no attempt: it failed because something else was away.
    """
    values: dict[str, Any] = {"due_at": due_at, "leased_until": None, "announced_at": None}
    if failure is not None:
        values["failure"] = failure[:_MOST_OF_A_FAILURE]
    if not counted:
        values["attempts"] = task.attempts - 1
    connection.execute(update(work).where(_held(task)).values(values))


@dataclass(frozen=True, slots=True)
class Buried:
    """A row that is dead now, what it was about, and whose turn it took."""

    work_id: int
    kind: str
    payload: Mapping[str, Any]
    partner_id: str | None


def bury_exhausted(connection: Connection, at: datetime | None = None) -> list[Buried]:
    """Move rows past the attempt limit, whose lease has run out, to dead; ``at`` as with ``finish``."""
    now = database_time(connection)
    spent = and_(is_free(now), work.c.attempts >= MAX_ATTEMPTS)
    values = {"state": WorkState.DEAD, "leased_until": None, "ended_at": at or now}
    columns = (work.c.work_id, work.c.kind, work.c.payload, work.c.partner_id)
    found = connection.execute(update(work).where(spent).values(values).returning(*columns))
    return [Buried(row.work_id, row.kind, documents.load(row.payload), row.partner_id) for row in found]


@dataclass(frozen=True, slots=True)
class Announced:
    """A row that is due and free, of which a broker is to tell."""

    work_id: int
    kind: str


def has_unannounced(connection: Connection, due_by: datetime, again: timedelta) -> bool:
    """Whether there is anything for ``mark_announced``; writes nothing."""
    now = database_time(connection)
    statement = select(work.c.work_id).where(_is_unannounced(now, due_by, again)).limit(1)
    return connection.execute(statement).one_or_none() is not None


def mark_announced(connection: Connection, due_by: datetime, again: timedelta, limit: int) -> list[Announced]:
    """Give rows that are due and free, the oldest first, and were not given here within ``again``; others get others."""
    now = database_time(connection)
    chosen = (
        select(work.c.work_id)
        .where(_is_unannounced(now, due_by, again))
        .order_by(work.c.due_at, work.c.work_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    marked = update(work).where(work.c.work_id.in_(chosen)).values(announced_at=now).returning(work.c.work_id, work.c.kind)
    return [Announced(row.work_id, row.kind) for row in connection.execute(marked)]


def _is_unannounced(now: datetime, due_by: datetime, again: timedelta) -> Any:
    untold = or_(work.c.announced_at.is_(None), work.c.announced_at <= now - again)
    return and_(is_free(now), work.c.due_at <= due_by, work.c.attempts < MAX_ATTEMPTS, untold)
