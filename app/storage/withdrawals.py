"""What ends in the database when versions are withdrawn: their visibility, postings, place as newest, and meaning as markings.

Owns the statements; whose versions they are, and that the order lock is held, is the caller's. A withdrawn version stays as a
row, so that its receipt, its place on the ledger and its identity stay. Kept by ``tests/storage/test_withdrawals.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from app.storage import history
from app.storage.batches import batches
from app.storage.counter import Order
from app.storage.tables import group_posting, marking, object_head, object_version

OVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The end of what was withdrawn: before every ``now``, also that of a reader who began before, or whose clock is slow."""


def end_versions(connection: Connection, order: Order, version_ids: Collection[int], now: datetime) -> None:
    """Let versions be seen by nobody any more, and take them out of the groups they were posted to."""
    ov = object_version.c
    history.keep_versions(connection, version_ids, order.next_moment(now))
    for some in batches(version_ids):
        ended = update(object_version).where(ov.version_id.in_(some))
        connection.execute(ended.values(withdrawn_at=now, visible_until=OVER))
        connection.execute(delete(group_posting).where(group_posting.c.version_id.in_(some)))


def settle_heads(connection: Connection, owner_id: str, stix_ids: Collection[str]) -> frozenset[str]:
    """Make the newest version that is left the newest of each id again. Gives the ids of which nothing is left.

    An id without versions has no newest one, and what it meant as a marking is forgotten.
    """
    ov, head = object_version.c, object_head.c
    newest: dict[str, tuple[str, int]] = {}
    for some in batches(sorted(stix_ids)):
        left = select(ov.stix_id, ov.version_key, ov.version_id).where(
            ov.owner_id == owner_id, ov.stix_id.in_(some), ov.withdrawn_at.is_(None)
        )
        for stix_id, version_key, version_id in connection.execute(left):
            newest[stix_id] = max(newest.get(stix_id, ("", 0)), (version_key, version_id))
    for stix_id, (_, version_id) in newest.items():
        own = (head.owner_id == owner_id) & (head.stix_id == stix_id)
        connection.execute(update(object_head).where(own).values(version_id=version_id))
    for version_ids in batches(version_id for _, version_id in newest.values()):
        connection.execute(update(object_version).where(ov.version_id.in_(version_ids)).values(is_superseded=False))
    gone = frozenset(stix_ids) - newest.keys()
    for some in batches(sorted(gone)):
        connection.execute(delete(object_head).where(head.owner_id == owner_id, head.stix_id.in_(some)))
        connection.execute(delete(marking).where(marking.c.owner_id == owner_id, marking.c.stix_id.in_(some)))
    return gone
