"""Work that runs by itself: one task of the ledger at a time, each in small batches that survive a kill at any point.

Owns what each kind of work does and how failures are retried; who calls it and when is ``app/jobs``'. Kept by
``tests/services/test_do_work.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.crypto.keys import SigningKey
from app.domain.events import Event, EventRecord
from app.domain.paging import AlarmCode
from app.domain.vocabulary import PartnerState
from app.services.exchange import Exchange
from app.services.held_work import LEASE, HeldWork, LeaseLostError
from app.services.intake.admit import RELEASE_EMBARGOED
from app.services.intake.await_answers import CHASE_RECALLS
from app.services.intake.call_back import NOTIFY_RECALL
from app.services.intake.narrow_later import NARROW, ensure_narrowing_work, narrow_next
from app.services.intake.notify_recall import ensure_recall_work, notify_recall
from app.services.membership.change_policy import EVALUATE
from app.services.paging.page_contacts import PAGE_PARTNERS, page_partners
from app.services.proving.checkpoints import CHECKPOINT, keep_checkpoints
from app.services.proving.issue_directory import KEEP_DIRECTORY, issue_directory, keep_directory
from app.services.proving.key_events import ensure_own_keys
from app.services.raise_alarm import raise_alarm
from app.services.reading.back_fill import BACK_FILL, back_fill_some
from app.services.reading.visible_set import evaluate
from app.services.recalling.chase import chase_recalls
from app.services.recalling.contest import SPREAD_CONTEST, spread_contest
from app.services.recalling.contest_round import CONTEST_ROUND, ensure_round, hold_round
from app.services.retention.erase import FINISH_ERASURES
from app.services.retention.finish_erasures import ensure_finishing, finish_erasures
from app.services.retention.sweep import SWEEP_RETENTION, sweep_retention
from app.services.subjects.look_for import SUBJECT_LOOKUP, look_some
from app.services.subjects.watch_requests import WATCH_REQUESTS, watch_requests
from app.storage import embargoes, events, members, nonces, submissions, viewpoints, work
from app.storage.counter import save_order, take_order_lock
from app.storage.session import Connection
from app.storage.work import Lane, Task

SWEEP = "sweep"
SWEEP_NONCES = "sweep-nonces"
PERIODIC = (CONTEST_ROUND, SWEEP, SWEEP_NONCES, SWEEP_RETENTION, CHECKPOINT, KEEP_DIRECTORY, WATCH_REQUESTS)
"""Kinds of work that never end."""
FORGETTING = frozenset({FINISH_ERASURES, SWEEP_RETENTION})
"""Kinds of work after which nothing may be left of what went."""
_BATCH = 1_000
_RETRY = timedelta(seconds=5)
_DAY = timedelta(days=1)
_BETWEEN_NONCE_SWEEPS = timedelta(minutes=2)
_KEY_USES_ARE_KEPT = timedelta(days=7)

Again = datetime | None
"""When to go on with the same task; None when it is done."""


def do_next(exchange: Exchange, lane: Lane | None = None) -> bool:
    """Claim one due task of a lane (None: of any kind) and do one batch of it; False if nothing was due.

    A batch and its progress are one transaction. A batch that fails is tried again later, and after ten attempts given up as
    dead, which is recorded. Work of a kind in ``LONG_KINDS`` makes its own transactions, in each of which it is held anew.
    Raises what made the batch fail, after putting the task back.
    """
    with exchange.database.write() as connection:
        buried = work.bury_exhausted(connection)
        now = exchange.clock()
        for work_id in buried:
            _give_up(connection, work_id, now)
        # By our clock and not the database's: what is claimed too early would find nothing to do, and be done.
        task = work.claim(connection, LEASE, due_by=now, lane=lane or work.EVERY_KIND)
    if task is None:
        return False
    try:
        if task.kind in LONG_KINDS:
            _do_long(exchange, task, now)
        else:
            _do_batch(exchange, task, now)
        if task.kind in FORGETTING:
            exchange.database.empty_log()
    except Exception:
        with exchange.database.write() as connection:
            work.put_back(connection, task, now + _RETRY)
        raise
    return True


def _do_batch(exchange: Exchange, task: Task, now: datetime) -> None:
    with exchange.database.write() as connection:
        again = _act(exchange, task.kind)(connection, task.payload, now)
        held = work.finish(connection, task) if again is None else work.carry_on(connection, task, task.payload, again)
        if not held:
            connection.rollback()  # the lease ran out and another worker has the task


def _do_long(exchange: Exchange, task: Task, now: datetime) -> None:
    with suppress(LeaseLostError):
        held = HeldWork(exchange, task)
        again = LONG_KINDS[task.kind](exchange, held, now)
        with held.write() as connection:
            if again is None:
                work.finish(connection, task)
            else:
                work.carry_on(connection, task, task.payload, again)


def _act(exchange: Exchange, kind: str) -> Act:
    """Give what work of a kind does; where the exchange signs something in it, with its key."""
    if kind in KINDS_OF_EXCHANGE:
        return partial(KINDS_OF_EXCHANGE[kind], exchange)
    signing = SIGNING_KINDS.get(kind)
    return KINDS[kind] if signing is None else partial(signing, exchange.keys.statements)


def _give_up(connection: Connection, work_id: int, now: datetime) -> None:
    """Record that a task is dead, and alarm the operator: it may be somebody who was not called, or something not narrowed."""
    record = EventRecord(Event.WORK_DEAD, now, subject=str(work_id))
    events.add_events(connection, [record])
    raise_alarm(connection, AlarmCode.WORK_DEAD, record)


def ensure_periodic_work(exchange: Exchange) -> None:
    """Put the periodic work on the ledger if it is not there; called once when a server starts."""
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        ensure_round(connection, exchange.clock())  # at its time, and not at once
        for kind in PERIODIC:
            if not work.has_waiting(connection, kind):
                work.add_work(connection, kind, {}, exchange.clock())
        if ensure_own_keys(connection, order, exchange.keys, exchange.clock()):
            issue_directory(connection, exchange.keys, exchange.clock())
        save_order(connection, order)
        ensure_narrowing_work(connection, exchange.clock())  # whatever became of the work that had begun it
        ensure_recall_work(connection, exchange.clock())
        ensure_finishing(connection, exchange.clock())


def _back_fill(connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
    """Append entries for what a viewpoint gained, a batch at a time."""
    viewpoint_id = payload["viewpoint_id"]
    order = take_order_lock(connection)
    partner_id = viewpoints.viewpoint_by_id(connection, viewpoint_id).key.partner_id
    has_more = back_fill_some(connection, order, viewpoint_id, partner_id, now)
    save_order(connection, order)
    return now if has_more else None


def _release(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Give places in the feed to what is no longer under embargo; comes back when the next embargo ends."""
    order = take_order_lock(connection)
    released = embargoes.release_embargoed(connection, order, now, _BATCH)
    save_order(connection, order)
    return now if released == _BATCH else embargoes.next_release(connection)


def _evaluate(connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
    """Bring a partner's visible sets up to date after a change of policy, so that back-filling starts before it asks.

    One that is suspended keeps what it had: else it would be sent everything once more when it is let in again.
    """
    partner = members.partner_by_id(connection, payload["partner_id"])
    if partner is None or partner.state is not PartnerState.ACTIVE:
        return None
    for viewpoint in viewpoints.partner_viewpoints(connection, payload["partner_id"]):
        evaluate(connection, viewpoint.key, now)
    return None


def _narrow(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Move a batch of what depends on an object that its owner narrowed into narrower classes."""
    return now if narrow_next(connection, now) else None


def _sweep(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Forget idempotency keys after seven days; comes back every day."""
    submissions.drop_key_uses(connection, now - _KEY_USES_ARE_KEPT)
    return now + _DAY


def _sweep_nonces(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Forget nonces of signed requests that are too old to pass again; comes back every two minutes."""
    nonces.drop_expired_nonces(connection, now)
    return now + _BETWEEN_NONCE_SWEEPS


Act = Callable[[Connection, Mapping[str, Any], datetime], Again]

KINDS: Mapping[str, Act] = {
    BACK_FILL: _back_fill,
    CHASE_RECALLS: chase_recalls,
    EVALUATE: _evaluate,
    NARROW: _narrow,
    PAGE_PARTNERS: page_partners,
    RELEASE_EMBARGOED: _release,
    SPREAD_CONTEST: spread_contest,
    SUBJECT_LOOKUP: look_some,
    SWEEP: _sweep,
    SWEEP_NONCES: _sweep_nonces,
    WATCH_REQUESTS: watch_requests,
}
"""What each kind of work does with one batch."""

SIGNING_KINDS: Mapping[str, Callable[[SigningKey, Connection, Mapping[str, Any], datetime], Again]] = {
    CONTEST_ROUND: hold_round,
    NOTIFY_RECALL: notify_recall,
}
"""The same for work in which the exchange signs something, with its key."""


def _keep_directory(exchange: Exchange, connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
    """Make the version of the directory of keys that is due."""
    return keep_directory(exchange.keys, connection, payload, now)


KINDS_OF_EXCHANGE: Mapping[str, Callable[[Exchange, Connection, Mapping[str, Any], datetime], Again]] = {
    CHECKPOINT: keep_checkpoints,
    KEEP_DIRECTORY: _keep_directory,
    FINISH_ERASURES: finish_erasures,
    SWEEP_RETENTION: sweep_retention,
}
"""The same for work that needs more of the exchange than its database."""

LONG_KINDS: Mapping[str, Callable[[Exchange, HeldWork, datetime], Again]] = {}
"""Work that takes longer than one transaction may: files to be written, others to be called."""

PROMPT = Lane(frozenset(LONG_KINDS))
"""All work that is done in a moment."""
BULK = Lane(frozenset(LONG_KINDS), but_those=False)
"""The rest, so that nobody's embargo ends late because somebody's export is long."""
