"""The work ledger as it is looked at and intervened in: what waits, what runs, what died; and trying again or giving up by hand.

Workers claim and finish through ``work``. Kept by ``tests/storage/test_work_search.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select, update

from app.domain.work import Job, WorkState
from app.storage.session import database_time
from app.storage.tables import work
from app.storage.work import is_free

_c = work.c
_WANTED_AT = func.coalesce(_c.wanted_at, _c.due_at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs are listed: those of a state, a kind, a partner; None takes all."""

    state: WorkState | None = None
    kind: str | None = None
    partner_id: str | None = None


def jobs(connection: Connection, wanted: Wanted, before: int | None, limit: int) -> list[Job]:
    """List jobs, the newest first; ``before`` is the number of the last one of the page before."""
    asked = ((_c.state, wanted.state), (_c.kind, wanted.kind), (_c.partner_id, wanted.partner_id))
    statement = select(work).where(*(column == value for column, value in asked if value is not None))
    if before is not None:
        statement = statement.where(_c.work_id < before)
    now = database_time(connection)
    return [_job(row, now) for row in connection.execute(statement.order_by(_c.work_id.desc()).limit(limit))]


def job_by_id(connection: Connection, work_id: int, *, to_change: bool = False) -> Job | None:
    """Give a job, None if there is none of this number; with ``to_change`` nobody else changes it in this transaction."""
    statement = select(work).where(_c.work_id == work_id)
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    return None if row is None else _job(row, database_time(connection))


def try_again(connection: Connection, work_id: int, now: datetime) -> None:
    """Put a job back, due at once and with all its attempts; whoever held it writes nothing any more."""
    values = {"state": WorkState.WAITING, "due_at": now, "wanted_at": now, "attempts": 0, "leased_until": None, "ended_at": None}
    values |= {"fence": _c.fence + 1, "announced_at": None}
    connection.execute(update(work).where(_c.work_id == work_id).values(values))


def cancel(connection: Connection, work_id: int, now: datetime) -> None:
    """Give a job up; whoever holds it writes nothing any more."""
    values = {"state": WorkState.CANCELLED, "leased_until": None, "ended_at": now, "fence": _c.fence + 1}
    connection.execute(update(work).where(_c.work_id == work_id).values(values))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a kind of work stands: rows that wait, that somebody does, and that are dead; since when the oldest due one waits."""

    kind: str
    waiting: int
    running: int
    dead: int
    oldest: datetime | None


def standings(connection: Connection, now: datetime) -> list[Standing]:
    """Give how each kind stands that has work which is not done; ``now`` is the clock by which work is due."""
    free = is_free(database_time(connection))
    waits = _c.state == WorkState.WAITING
    late = case((and_(free, now >= _WANTED_AT), _WANTED_AT))
    statement = select(
        _c.kind,
        func.sum(case((free, 1), else_=0)).label("waiting"),
        func.sum(case((and_(waits, ~free), 1), else_=0)).label("running"),
        func.sum(case((waits, 0), else_=1)).label("dead"),
        func.min(late, type_=_c.due_at.type).label("oldest"),
    ).where(_c.state.in_((WorkState.WAITING, WorkState.DEAD)))
    rows = connection.execute(statement.group_by(_c.kind).order_by(_c.kind))
    return [Standing(row.kind, int(row.waiting), int(row.running), int(row.dead), row.oldest) for row in rows]


def _job(row: Any, now: datetime) -> Job:
    is_held = row.leased_until is not None and row.leased_until > now
    return Job(
        row.work_id,
        row.kind,
        WorkState(row.state),
        row.due_at,
        row.wanted_at or row.due_at,
        row.attempts,
        is_held and row.state == WorkState.WAITING,
        row.partner_id,
        row.claimed_by,
        row.claimed_at,
        row.failure,
        row.ended_at,
    )
