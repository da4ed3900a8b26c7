"""Announcing work: which rows of the ledger are due and nobody was told of, or nobody came.

Owns when a row is told of again. It is asked in a transaction of its own, long after those in which work was put on the ledger:
whoever is told finds the row. Kept by ``tests/services/test_announce_work.py``.
"""

from __future__ import annotations

from datetime import timedelta

from app.domain.work import LaneName
from app.services.exchange import Exchange
from app.services.working.look_after import lane_of
from app.storage import work

AGAIN = timedelta(seconds=30)
_AT_ONCE = 200


def announce(exchange: Exchange) -> list[tuple[int, LaneName]]:
    """Give the numbers and lanes of rows that are due, each once in half a minute for all workers together."""
    now = exchange.clock()
    with exchange.database.look() as connection:
        if not work.has_unannounced(connection, now, AGAIN):
            return []
    with exchange.database.write() as connection:
        return [(one.work_id, lane_of(one.kind)) for one in work.mark_announced(connection, now, AGAIN, _AT_ONCE)]
