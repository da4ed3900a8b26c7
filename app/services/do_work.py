"""Work that runs by itself: one task of the ledger at a time, each in small batches that survive a kill at any point.

Owns how a task is held and how failures are retried; what each kind does stands in ``working/kinds.py``, who calls it and when is
``app/jobs``'. Kept by ``tests/services/test_do_work.py``.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from app.domain.errors import UnavailableError
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.redaction import labels
from app.redaction.failures import summary
from app.services.calling.call_webhooks import ensure_calling_work
from app.services.exchange import Exchange
from app.services.exporting.due import ensure_export_work
from app.services.held_work import LEASE, HeldWork, LeaseLostError
from app.services.intake.narrow_later import ensure_narrowing_work
from app.services.intake.notify_recall import ensure_recall_work
from app.services.proving.issue_directory import issue_directory
from app.services.proving.key_events import ensure_own_keys
from app.services.proving.overlap_keys import ensure_overlap_key
from app.services.raise_alarm import raise_alarm
from app.services.recalling.contest_round import ensure_round
from app.services.retention.finish_erasures import ensure_finishing
from app.services.searching.keep_words import ensure_indexing, purge_erased
from app.services.working.do_batches import SWEEP, SWEEP_NONCES, Again
from app.services.working.kinds import (
    BULK,
    CALLING_KINDS,
    CALLS,
    COMING_BACK,
    FORGETTING,
    KINDS,
    KINDS_OF_EXCHANGE,
    LANES,
    LONG_KINDS,
    PERIODIC,
    PROMPT,
    SIGNING_KINDS,
    Act,
)
from app.storage import events, work
from app.storage.counter import save_order, take_order_lock
from app.storage.session import Connection
from app.storage.work import Buried, Lane, Task
from app.tracing.port import Attribute

__all__ = [
    "BULK",
    "CALLING_KINDS",
    "CALLS",
    "KINDS",
    "KINDS_OF_EXCHANGE",
    "LANES",
    "LONG_KINDS",
    "PERIODIC",
    "PROMPT",
    "SIGNING_KINDS",
    "SWEEP",
    "SWEEP_NONCES",
    "Again",
    "do_next",
    "ensure_periodic_work",
    "wait_after",
    "worker_name",
]

_RETRY = timedelta(seconds=5)
_LONGEST_RETRY = timedelta(hours=1)


def do_next(exchange: Exchange, lane: Lane | None = None) -> bool:
    """Claim one due task of a lane (None: of any kind) and do one batch of it; False if nothing was due.

    A batch and its progress are one transaction. A batch that fails is tried again later, and after ten attempts given up as
    dead, which is recorded. Work of ``LONG_KINDS`` and ``CALLING_KINDS`` makes its own transactions and is held anew in each.
    Raises what made the batch fail, after putting the task back.
    """
    now = exchange.clock()
    with exchange.database.write() as connection:
        for buried in work.bury_exhausted(connection, now):
            _give_up(connection, buried, now)
        # By our clock and not the database's: what is claimed too early would find nothing to do, and be done.
        task = work.claim(connection, LEASE, due_by=now, lane=lane or work.EVERY_KIND, by=worker_name())
    if task is None:
        return False
    labels.begin_job(task.work_id, task.kind)  # until the next begins: whoever reports a failure says of what
    try:
        with exchange.tracer.span(f"work {task.kind}", {Attribute.JOB: task.work_id, Attribute.JOB_KIND: task.kind}):
            if task.kind in LONG_KINDS or task.kind in CALLING_KINDS:
                _do_long(exchange, task, now)
            else:
                _do_batch(exchange, task, now)
        if task.kind in FORGETTING:
            purge_erased(exchange)
            exchange.database.empty_log()
    except Exception as exc:
        # Who was away comes back: that is no fault of the work, however long it lasts.
        is_fault = not isinstance(exc, UnavailableError)
        with exchange.database.write() as connection:
            work.put_back(connection, task, now + wait_after(task.attempts), summary(exc), counted=is_fault)
        raise
    labels.end()
    return True


def wait_after(attempts: int) -> timedelta:
    """Give how long work that failed so often waits until it is tried again: longer each time, an hour at most."""
    doublings: int = 1 << max(0, attempts - 1)
    return min(_RETRY * doublings, _LONGEST_RETRY)


def worker_name() -> str:
    """Give the name under which this process holds work: its machine and its number there."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


def _do_batch(exchange: Exchange, task: Task, now: datetime) -> None:
    with exchange.database.write() as connection:
        again = _act(exchange, task.kind)(connection, task.payload, now)
        held = work.finish(connection, task, now) if again is None else work.carry_on(connection, task, task.payload, again)
        if not held:
            connection.rollback()  # the lease ran out and another worker has the task


def _do_long(exchange: Exchange, task: Task, now: datetime) -> None:
    with suppress(LeaseLostError):
        held = HeldWork(exchange, task)
        act = LONG_KINDS[task.kind] if task.kind in LONG_KINDS else CALLING_KINDS[task.kind]
        again = act(exchange, held, now)
        with held.write() as connection:
            if again is None:
                work.finish(connection, task, now)
            else:
                work.carry_on(connection, task, task.payload, again)


def _act(exchange: Exchange, kind: str) -> Act:
    """Give what work of a kind does; where the exchange signs something in it, with its key."""
    if kind in KINDS_OF_EXCHANGE:
        return partial(KINDS_OF_EXCHANGE[kind], exchange)
    signing = SIGNING_KINDS.get(kind)
    return KINDS[kind] if signing is None else partial(signing, exchange.keys.statements)


def _give_up(connection: Connection, buried: Buried, now: datetime) -> None:
    """Record that a task is dead, and alarm the operator: it may be somebody who was not called, or something not narrowed.

    Periodic work, and what comes back, is put on the ledger anew, for later: nothing else would bring it back before a server
    starts.
    """
    record = EventRecord(Event.WORK_DEAD, now, subject=str(buried.work_id))
    events.add_events(connection, [record])
    raise_alarm(connection, AlarmCode.WORK_DEAD, record)
    if buried.kind in PERIODIC and not work.has_waiting(connection, buried.kind):
        work.add_work(connection, buried.kind, {}, now + _LONGEST_RETRY)
    if buried.kind in COMING_BACK and work.due_at_of(connection, buried.kind, buried.payload) is None:
        work.add_work(connection, buried.kind, buried.payload, now + _LONGEST_RETRY, buried.partner_id)


def ensure_periodic_work(exchange: Exchange) -> None:
    """Put the periodic work on the ledger if it is not there; called once when a server starts."""
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        ensure_round(connection, exchange.clock())  # at its time, and not at once
        for kind in PERIODIC:
            if not work.has_waiting(connection, kind):
                work.add_work(connection, kind, {}, exchange.clock())
        is_new = ensure_own_keys(connection, order, exchange.keys, exchange.clock())
        if ensure_overlap_key(connection, order, exchange.keys, exchange.clock()) or is_new:
            issue_directory(connection, exchange.keys, exchange.clock())
        save_order(connection, order)
        ensure_narrowing_work(connection, exchange.clock())  # whatever became of the work that had begun it
        ensure_recall_work(connection, exchange.clock())
        ensure_finishing(connection, exchange.clock())
        ensure_export_work(connection, exchange.clock())
        ensure_calling_work(connection)
        ensure_indexing(connection, exchange.clock())
