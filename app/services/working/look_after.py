"""Looking after the work: operators and auditors see how it goes, operators try again what failed and give up what may be.

Owns what may be cancelled: long work and calls that are owed to nobody, and whatever is dead. What the work is about is told by
nobody here. Kept by ``tests/services/working/test_look_after.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.work import Job, LaneName, WorkState
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.working.kinds import CALLING_KINDS, FORGETTING, LONG_KINDS, OWED, PERIODIC
from app.storage import events, submissions, work, work_search
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from app.storage.work_search import Standing, Wanted

__all__ = ["Standing", "Wanted", "cancel_job", "get_job", "lane_of", "list_jobs", "retry_job", "standings"]


def list_jobs(exchange: Exchange, principal: Principal, wanted: Wanted, before: int | None, limit: int) -> list[Job]:
    """List jobs, the newest first; ``before`` is the number of the last one of the page before.

    Raises:
        ForbiddenError: the caller does not see the exchange's work.
    """
    require(principal, Permission.WORK_READ)
    with exchange.database.read() as connection:
        return work_search.jobs(connection, wanted, before, limit)


def get_job(exchange: Exchange, principal: Principal, work_id: int) -> Job:
    """Give a job.

    Raises:
        ForbiddenError: as in ``list_jobs``.
        NotFoundError: there is none of this number (any more).
    """
    require(principal, Permission.WORK_READ)
    with exchange.database.read() as connection:
        return _found(work_search.job_by_id(connection, work_id))


def retry_job(exchange: Exchange, principal: Principal, work_id: int, use: KeyUse | None = None) -> Job:
    """Have a job that failed done at once: one that is dead or cancelled, or that waits until it is tried again.

    Raises:
        ConflictError: it did not fail, somebody is at it, it is done, or it is periodic and was put on the ledger anew.
        ForbiddenError: the caller is no operator.
        NotFoundError: as in ``get_job``.
    """
    return _change(exchange, principal, Event.WORK_RETRY, (work_id, use), _try_again)


def _try_again(connection: Connection, job: Job, now: datetime) -> None:
    has_ended = job.state in {WorkState.DEAD, WorkState.CANCELLED}
    if not has_ended and (job.state is WorkState.DONE or job.failure is None or job.is_running):
        raise ConflictError("Only work that failed and that nobody is at can be tried again.")
    if has_ended and job.kind in PERIODIC and work.has_waiting(connection, job.kind):
        raise ConflictError("This work was put on the ledger anew: retry that.")
    work_search.try_again(connection, job.work_id, now)


def cancel_job(exchange: Exchange, principal: Principal, work_id: int, use: KeyUse | None = None) -> Job:
    """Give a job up, also while somebody is at it, who then writes nothing any more.

    Raises:
        ConflictError: it has ended, or it is owed to somebody.
        ForbiddenError: the caller is no operator.
        NotFoundError: as in ``get_job``.
    """
    return _change(exchange, principal, Event.WORK_CANCEL, (work_id, use), _cancel)


def _cancel(connection: Connection, job: Job, now: datetime) -> None:
    if job.state not in {WorkState.WAITING, WorkState.DEAD}:
        raise ConflictError("This work has ended.")
    if job.state is WorkState.WAITING and not _may_be_cancelled(job.kind):
        raise ConflictError("This work is owed to somebody, or comes back by itself: it cannot be cancelled.")
    work_search.cancel(connection, job.work_id, now)


def _may_be_cancelled(kind: str) -> bool:
    return kind in LONG_KINDS.keys() | CALLING_KINDS.keys() and kind not in {*PERIODIC, *FORGETTING, *OWED}


def _change(
    exchange: Exchange,
    principal: Principal,
    event: Event,
    asked: tuple[int, KeyUse | None],
    act: Callable[[Connection, Job, datetime], None],
) -> Job:
    require(principal, Permission.WORK_WRITE)
    work_id, use = asked
    with exchange.database.write() as connection:
        now = exchange.clock()
        job = _found(work_search.job_by_id(connection, work_id, to_change=True))
        if earlier_outcome(connection, use) is not None:
            return job
        act(connection, job, now)
        record = EventRecord(event, now, None, principal.credential.credential_id, subject=str(work_id))
        events.add_events(connection, [record])
        if use is not None:
            submissions.add_key_use(connection, use, str(work_id), now)
        return _found(work_search.job_by_id(connection, work_id))


def _found(job: Job | None) -> Job:
    if job is None:
        raise NotFoundError
    return job


def lane_of(kind: str) -> LaneName:
    """Give the lane in which work of a kind is done."""
    if kind in LONG_KINDS:
        return LaneName.BULK
    return LaneName.CALLS if kind in CALLING_KINDS else LaneName.PROMPT


def standings(exchange: Exchange, principal: Principal) -> tuple[Sequence[Standing], datetime]:
    """Give how each kind of work stands, and by which clock, for whoever watches the exchange.

    Raises:
        ForbiddenError: the caller may not read metrics.
    """
    require(principal, Permission.METRICS_READ)
    if not principal.is_staff:
        raise ForbiddenError("Metrics of the exchange are for its staff.")
    now = exchange.clock()
    with exchange.database.read() as connection:
        return work_search.standings(connection, now), now
