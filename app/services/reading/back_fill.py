"""Back-filling: what a viewpoint gained late gets places of its own at the end of each feed that its partner reads.

Owns one batch of it. The first is done with the evaluation that gains something, so that little is there at once; what is left is
work (``do_work``). Kept by ``tests/services/reading/test_back_fill.py``.
"""

from __future__ import annotations

from datetime import datetime

from app.storage import feed
from app.storage.counter import Order
from app.storage.displacement import Displaced
from app.storage.session import Connection

BACK_FILL = "back-fill"
BATCH = 1_000


def back_fill_some(connection: Connection, order: Order, viewpoint_id: int, partner_id: str, now: datetime) -> bool:
    """Append a batch of entries, oldest first. Gives whether there may be more. The caller holds the order lock, and saves it."""
    left = BATCH
    for one in (feed.EVERYTHING, *feed.feeds_read(connection, partner_id)):
        waiting = feed.waiting_for_entries(connection, viewpoint_id, left, now, one)
        new = [Displaced(viewpoint_id, version_id, None, one.number) for version_id in waiting]
        feed.give_places(connection, order, new, now)
        left -= len(waiting)
        if not left:
            return True
    return False
