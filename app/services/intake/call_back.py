"""Calling versions back: keeping what, why and of which kind, in the log too, and the work that tells whoever was given them.

Owns the one beginning that withdrawals, corrections and contests share; only a withdrawal ends versions, which is ``withdraw``'s.
A contest has no leaf: whoever enters one could count in the log whether anybody has what it asks about.
Kept by ``tests/services/intake/test_call_back.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from app.domain.object_vocabulary import RecallKind
from app.services.proving.record import Recorded, record_in_log
from app.storage import recalls, work
from app.storage.counter import Order
from app.storage.recalls import NewRecall
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.log_leaf import LeafKind

NOTIFY_RECALL = "notify-recall"
FOLLOW_DISPUTE = "follow-dispute"
FOLLOWED_EVERY = timedelta(minutes=10)
"""So often it is looked who was given what is disputed since, and whether it is disputed still."""


def call_back(connection: Connection, order: Order, new: NewRecall, log_indexes: Collection[int], now: datetime) -> int:
    """Keep a recall, and let those be told who were given any of it. Gives its number.

    ``log_indexes`` are those of its versions. The caller holds the order lock and saves the order.
    """
    record_in_log(connection, order, Recorded(LeafKind.RECALL, new.public_id, _logged(new, log_indexes, now)), now)
    return begin_recall(connection, new, now)


def begin_recall(connection: Connection, new: NewRecall, now: datetime) -> int:
    """Keep a recall without a leaf, and have looked for who was given any of it. Gives its number."""
    recall_id = recalls.add_recall(connection, new, now)
    work.add_work(connection, NOTIFY_RECALL, {"recall_id": recall_id}, now)
    if new.kind is RecallKind.DISPUTE:
        work.add_work(connection, FOLLOW_DISPUTE, {"recall_id": recall_id}, now + FOLLOWED_EVERY)
    return recall_id


def _logged(new: NewRecall, log_indexes: Collection[int], now: datetime) -> dict[str, Any]:
    """Give what the log commits to: whose, why, and which leaves it is about."""
    kind = {} if new.kind is RecallKind.WITHDRAWAL else {"kind": new.kind.value}
    return kind | {
        "type": "recall",
        "recall": new.public_id,
        "partner": new.owner_id,
        "reason": new.reason.value,
        "act": new.act.value,
        "called_back_at" if kind else "withdrawn_at": instant_text(now),
        "log_indexes": sorted(log_indexes),
    }
