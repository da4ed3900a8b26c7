"""What short work does that belongs to no other service: one bounded batch of it in the caller's transaction.

Owns back-filling, releasing, evaluating, narrowing and forgetting as work of the ledger; when they come and what becomes of
failures is ``do_work``'s. Kept by ``tests/services/working/test_do_batches.py`` and ``tests/services/test_do_work.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.vocabulary import PartnerState
from app.services.intake.narrow_later import narrow_next
from app.services.reading.back_fill import back_fill_some
from app.services.reading.visible_set import evaluate
from app.storage import embargoes, members, nonces, signing_tasks, submissions, viewpoints
from app.storage.counter import save_order, take_order_lock
from app.storage.session import Connection

SWEEP = "sweep"
SWEEP_NONCES = "sweep-nonces"
BATCH = 1_000
_DAY = timedelta(days=1)
_BETWEEN_NONCE_SWEEPS = timedelta(minutes=2)
_KEY_USES_ARE_KEPT = timedelta(days=7)

Again = datetime | None
"""When to go on with the same task; None when it is done."""


def back_fill(connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
    """Append entries for what a viewpoint gained, a batch at a time."""
    viewpoint_id = payload["viewpoint_id"]
    order = take_order_lock(connection)
    partner_id = viewpoints.viewpoint_by_id(connection, viewpoint_id).key.partner_id
    has_more = back_fill_some(connection, order, viewpoint_id, partner_id, now)
    save_order(connection, order)
    return now if has_more else None


def release(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Give places in the feed to what is no longer under embargo; comes back when the next embargo ends."""
    order = take_order_lock(connection)
    released = embargoes.release_embargoed(connection, order, now, BATCH)
    save_order(connection, order)
    return now if released == BATCH else embargoes.next_release(connection)


def evaluate_partner(connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
    """Bring a partner's visible sets up to date after a change of policy, so that back-filling starts before it asks.

    One that is suspended keeps what it had: else it would be sent everything once more when it is let in again.
    """
    partner = members.partner_by_id(connection, payload["partner_id"])
    if partner is None or partner.state is not PartnerState.ACTIVE:
        return None
    for viewpoint in viewpoints.partner_viewpoints(connection, payload["partner_id"]):
        evaluate(connection, viewpoint.key, now)
    return None


def narrow(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Move a batch of what depends on an object that its owner narrowed into narrower classes."""
    return now if narrow_next(connection, now) else None


def sweep(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Forget idempotency keys after seven days, and signing tasks by their own times; comes back every day."""
    submissions.drop_key_uses(connection, now - _KEY_USES_ARE_KEPT)
    signing_tasks.let_lapse(connection, now)
    signing_tasks.drop_settled(connection, now)
    return now + _DAY


def sweep_nonces(connection: Connection, _payload: Mapping[str, Any], now: datetime) -> Again:
    """Forget nonces of signed requests that are too old to pass again; comes back every two minutes."""
    nonces.drop_expired_nonces(connection, now)
    return now + _BETWEEN_NONCE_SWEEPS
