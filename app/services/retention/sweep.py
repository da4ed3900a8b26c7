"""The sweep: what may not be stored any longer is erased, a bounded batch at a time, and once a day by itself.

Owns what is past its time and the order of the steps: versions that nobody judged yet, versions at their end, what was withdrawn
long ago with the notices about it, and rows of other tables. Each batch is a transaction and begins where the tables stand, so
that a kill costs nothing; what is under a legal hold is passed over. Kept by ``tests/services/retention/test_sweep.py``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain.erasure import ErasureReason
from app.domain.vocabulary import Sensitivity
from app.services.exchange import Exchange
from app.services.retention.erase import FINISH_ERASURES, Recording, keep_in_journal, record_erasure
from app.services.retention.finish_erasures import RECALLS_ARE_KEPT, ensure_finishing
from app.stix.retained_kinds import kinds_in
from app.storage import (
    deconfliction,
    erasures,
    holds,
    overlap,
    questions,
    reading_loads,
    recoveries,
    sign_in_attempts,
    stored_too_long,
    submissions,
    work,
)
from app.storage.columns import FOREVER
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.objects import StoredVersion
from app.storage.session import Connection
from app.storage.stored_too_long import Ages, Place, Unjudged

SWEEP_RETENTION = "sweep-retention"
GRACE = timedelta(days=7)
"""So long after its end a version is erased; it is seen by nobody meanwhile."""

NAMES_OF_REFUSED_ARE_KEPT = timedelta(days=30)
MAILS_ARE_KEPT = timedelta(days=30)
WORK_IS_KEPT = timedelta(days=30)
DRAFTS_ARE_KEPT = timedelta(days=30)
"""So long after its last change a draft is there; what waits for a signature as well."""

QUESTIONS_ARE_KEPT = timedelta(days=400)
TEXTS_OF_RECOVERIES_ARE_KEPT = timedelta(days=90)
INTERESTS_ARE_KEPT = timedelta(days=90)
"""So long after its end an agency still reads its own interest, without a token."""

PAGES_ARE_KEPT = timedelta(days=365)

_AT_ONCE = 500
_ROWS_AT_ONCE = 2_000
_DAY = timedelta(days=1)


def sweep_retention(exchange: Exchange, connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Do one batch; comes back at once while there is more, and every day."""
    del payload
    return now if sweep_once(exchange, connection, now) else now + _DAY


@dataclass(frozen=True, slots=True)
class Swept:
    """What batches did: versions judged, erased at their end, as withdrawn long ago; the most rows of one other table."""

    judged: int = 0
    ended: int = 0
    withdrawn: int = 0
    others: int = field(default=0, compare=False)

    def __bool__(self) -> bool:
        """Whether it did anything."""
        return bool(self.judged or self.ended or self.withdrawn or self.others == _ROWS_AT_ONCE)


def sweep_once(exchange: Exchange, connection: Connection, now: datetime) -> Swept:
    """Do the first of the steps that has anything to do, for one batch."""
    judged = _judge(exchange, connection)
    if judged:
        return Swept(judged=judged)
    order = take_order_lock(connection)  # before it is asked what is held: holds are placed under it, too
    ended, reason = _ended(connection, now), ErasureReason.RETENTION
    withdrawn = [] if ended else _withdrawn(connection, now)
    if withdrawn:
        reason = ErasureReason.WITHDRAWAL
    if ended or withdrawn:
        _erase(exchange, connection, order, Batch(ended or withdrawn, reason, now))
        save_order(connection, order)
        return Swept(ended=len(ended), withdrawn=len(withdrawn))
    submissions.drop_refused_names(connection, now - NAMES_OF_REFUSED_ARE_KEPT)
    questions.forget_before(connection, now - QUESTIONS_ARE_KEPT)
    sign_in_attempts.forget_quiet(connection, now)
    reading_loads.forget_loads(connection, now)
    recoveries.wipe_texts(connection, now - TEXTS_OF_RECOVERIES_ARE_KEPT)
    overlap.drop_lapsed(connection, now)
    deconfliction.end_lapsed(connection, now)
    deconfliction.forget(connection, now, now - INTERESTS_ARE_KEPT)
    ages = Ages(now, now - MAILS_ARE_KEPT, now - PAGES_ARE_KEPT, now - WORK_IS_KEPT, now - DRAFTS_ARE_KEPT)
    others = stored_too_long.drop_others(connection, ages, _ROWS_AT_ONCE)
    ensure_finishing(connection, now)
    return Swept(others=others)


@dataclass(frozen=True, slots=True)
class Due:
    """What a sweep would erase now, of one type and owner: at its end, and withdrawn long ago; held ones are counted, too."""

    type: str
    owner_id: str
    ended: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sweep would do: counts by type and owner, and whether versions are still to be judged."""

    due: Sequence[Due]
    unjudged: bool


def preview(exchange: Exchange) -> Preview:
    """Count what a sweep would erase now, and erase nothing."""
    now = exchange.clock()
    with exchange.database.read() as connection:
        found = stored_too_long.counts(connection, now - GRACE, now - RECALLS_ARE_KEPT)
        is_some_unjudged = bool(stored_too_long.unjudged(connection, 1))
    return Preview([Due(*key, *found[key]) for key in sorted(found)], is_some_unjudged)


def sweep_now(exchange: Exchange) -> Swept:
    """Sweep until there is no more, batch after batch. Gives what all of them did."""
    total = Swept()
    while True:
        with exchange.database.write() as connection:
            done = sweep_once(exchange, connection, exchange.clock())
        total = Swept(*(getattr(total, name) + getattr(done, name) for name in Swept.__dataclass_fields__))
        if not done:
            return total


# --- the steps ------------------------------------------------------------------------------------------------------------------


def _judge(exchange: Exchange, connection: Connection) -> int:
    found = stored_too_long.unjudged(connection, _AT_ONCE)
    stored_too_long.judge(connection, {one.version_id: _end_of(exchange, one) for one in found})
    return len(found)


def _end_of(exchange: Exchange, one: Unjudged) -> datetime:
    words = [Sensitivity(handling["sensitivity"]) for handling in json.loads(one.class_document)["handlings"]]
    sensitivity = max(words, key=lambda word: word.rank)
    kinds = kinds_in(one.content or b"")
    return exchange.retention.retain_until(kinds, sensitivity, one.received_at) or FOREVER


def _ended(connection: Connection, now: datetime) -> list[StoredVersion]:
    """Give a batch of what is at its end and not held; held ones are passed over, however many come first."""
    after: Place | None = None
    while found := stored_too_long.at_their_end(connection, now - GRACE, after, _AT_ONCE):
        held = holds.held_among(connection, [one for one, _ in found])
        free = [one for one, _ in found if one.version_id not in held]
        if free:
            return free
        after = found[-1][1]
    return []


def _withdrawn(connection: Connection, now: datetime) -> list[StoredVersion]:
    after = 0
    while found := stored_too_long.withdrawn_long_ago(connection, now - RECALLS_ARE_KEPT, after, _AT_ONCE):
        held = holds.held_among(connection, found)
        free = [one for one in found if one.version_id not in held]
        if free:
            return free
        after = found[-1].version_id
    return []


@dataclass(frozen=True, slots=True)
class Batch:
    """Versions that are erased together (at least one), why and when."""

    versions: Sequence[StoredVersion]
    reason: ErasureReason
    now: datetime


def _erase(exchange: Exchange, connection: Connection, order: Order, batch: Batch) -> None:
    version_ids = [one.version_id for one in batch.versions]
    leaves = erasures.stored_leaves(connection, version_ids)
    record_erasure(connection, order, Recording(str(uuid.uuid4()), batch.reason, leaves), batch.now)
    erasures.drop_contents(connection, version_ids)
    keep_in_journal(connection, exchange.erasure_journal, leaves, batch.reason, batch.now)
    if not work.has_waiting(connection, FINISH_ERASURES, due_by=batch.now):
        work.add_work(connection, FINISH_ERASURES, {}, batch.now)
