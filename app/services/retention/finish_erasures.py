"""Finishing erasures: when no recall needs their names any more, the rows of erased versions go, and all that names them.

Owns the second half, as queued work: some versions at a time, and for them all receipts, some at a time, so that a kill at any
point costs nothing but time. The rows go last: until then everything can be found again by them. Kept by
``tests/services/retention/test_finish_erasures.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.domain.erasure import ErasedVersion, ErasureReason
from app.services.exchange import Exchange
from app.services.intake.withdraw import forget_exported
from app.services.retention.erase import FINISH_ERASURES, Recording, keep_in_journal, log_again, record_erasure
from app.services.retention.erased_receipts import Gone, without
from app.storage import erasures, export_holdings, partner_requests, submissions, withdrawals, work
from app.storage.counter import save_order, take_order_lock
from app.storage.erasures import Names
from app.storage.session import Connection

RECALLS_ARE_KEPT = timedelta(days=90)
"""So long names stay for the sake of a recall whose notices went out to somebody."""

_VERSIONS_AT_ONCE = 500
_LOOKED_AT_ONCE = 5_000
_RECEIPTS_AT_ONCE = 200
_BETWEEN_LOOKS = timedelta(hours=1)


def finish_erasures(exchange: Exchange, connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Do one step: choose versions, take what names them out of some receipts, or take their rows away.

    Gives when to look again; None if nothing is left, or a further step was put on the ledger.
    """
    if _log_owed(connection, now):
        return now
    version_ids: Sequence[int] = payload.get("versions", ())
    if not version_ids:
        return _choose(exchange, connection, now)
    names = erasures.names_of(connection, version_ids)
    if names is None:  # somebody else finished these
        erasures.drop_versions(connection, version_ids, now)
        return _choose(exchange, connection, now)
    reached = _clean_receipts(connection, names, payload["receipts_to"])
    if reached is not None:
        work.add_work(connection, FINISH_ERASURES, {"versions": version_ids, "receipts_to": reached}, now)
        return None
    take_order_lock(connection)
    _drop(connection, version_ids, names, now)
    work.add_work(connection, FINISH_ERASURES, {}, now)
    return None


def ensure_finishing(connection: Connection, now: datetime) -> None:
    """Put the work on the ledger if something is to be finished and no such work is there."""
    is_some_left = erasures.unfinished(connection, 0, 1) or erasures.unlogged(connection, 1)
    if is_some_left and not work.has_waiting(connection, FINISH_ERASURES):
        work.add_work(connection, FINISH_ERASURES, {}, now)


def _log_owed(connection: Connection, now: datetime) -> int:
    """Recall and log what was erased once more on a database that was brought back. Gives how many versions that was."""
    owed = erasures.unlogged(connection, _VERSIONS_AT_ONCE)
    if owed:
        order = take_order_lock(connection)
        log_again(connection, order, erasures.unlogged(connection, _VERSIONS_AT_ONCE), now)
        save_order(connection, order)
    return len(owed)


def _choose(exchange: Exchange, connection: Connection, now: datetime) -> datetime | None:
    after, is_some_left = 0, False
    while unfinished := erasures.unfinished(connection, after, _LOOKED_AT_ONCE):
        version_ids = [one.version_id for one in unfinished]
        needed = erasures.needed_by_recalls(connection, version_ids, now - RECALLS_ARE_KEPT) | _held(connection, unfinished, now)
        free = [one for one in version_ids if one not in needed][:_VERSIONS_AT_ONCE]
        if free:
            free += _erase_notices(exchange, connection, free, now)
            work.add_work(connection, FINISH_ERASURES, {"versions": free, "receipts_to": ""}, now)
            return None
        after, is_some_left = version_ids[-1], True
    return now + _BETWEEN_LOOKS if is_some_left else None


def _held(connection: Connection, unfinished: Sequence[ErasedVersion], now: datetime) -> frozenset[int]:
    """Give what mirrors of exports hold and are to be told to take away; whoever does not follow for so long starts anew."""
    recent = [one.version_id for one in unfinished if one.erased_at > now - RECALLS_ARE_KEPT]
    return export_holdings.held_by_some(connection, recent)


def _erase_notices(exchange: Exchange, connection: Connection, version_ids: Sequence[int], now: datetime) -> list[int]:
    """Erase the notices that named what is finished, now that nobody has to answer them. Gives their row ids."""
    about = erasures.notices_about(connection, version_ids, now - RECALLS_ARE_KEPT)
    leaves = erasures.stored_leaves(connection, about)
    if leaves:
        order = take_order_lock(connection)
        record_erasure(connection, order, Recording(str(uuid.uuid4()), ErasureReason.WITHDRAWAL, leaves), now)
        erasures.drop_contents(connection, about)
        keep_in_journal(connection, exchange.erasure_journal, leaves, ErasureReason.WITHDRAWAL, now)
        save_order(connection, order)
    return [one.version_id for one in leaves]


def _clean_receipts(connection: Connection, names: Names, after: str) -> str | None:
    """Take names out of some receipts. Gives the id of the last one looked at; None if there are no more."""
    gone = Gone(names.log_indexes, names.all_ids)
    looked_at = submissions.receipts_after(connection, after, names.first_received_at, _RECEIPTS_AT_ONCE)
    for kept in looked_at:
        cleaned = without(kept, gone)
        if cleaned is not None:
            submissions.replace_receipt(connection, cleaned)
    return looked_at[-1].submission_id if len(looked_at) == _RECEIPTS_AT_ONCE else None


def _drop(connection: Connection, version_ids: Sequence[int], names: Names, now: datetime) -> None:
    forget_exported(connection, version_ids, now, names=True)
    erasures.drop_versions(connection, version_ids, now)
    for owner_id, stix_ids in sorted(names.stix_ids.items()):
        withdrawals.settle_heads(connection, owner_id, stix_ids)
        left = erasures.still_stated(connection, owner_id, stix_ids)
        erasures.forget_dependence(connection, owner_id, stix_ids - left)
        partner_requests.forget_requests(connection, owner_id, stix_ids - left)
