"""Places for versions that get one later: when an embargo ends, or when a version gains readers.

The order lock must be held by whoever gives places. Kept by ``tests/storage/test_embargoes.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from app.storage import history
from app.storage.batches import batches
from app.storage.counter import Order
from app.storage.objects import NewVersion
from app.storage.tables import group_posting, object_version


def release_times(versions: Sequence[NewVersion]) -> list[datetime]:
    """List the distinct instants at which embargoes of these versions end."""
    return sorted({one.release_at for one in versions if one.position is None and one.release_at is not None})


def renew_place(connection: Connection, order: Order, version_id: int, now: datetime) -> None:
    """Give a version that gains readers a new general place at the end. The order lock must be held.

    Whoever sees it already keeps the old one by what ``displacement.displaced_by`` said before.
    """
    position, added_at = order.next_position(now)
    this = object_version.c.version_id == version_id
    connection.execute(update(object_version).where(this).values(position=position, added_at=added_at))


def renew_everywhere(connection: Connection, order: Order, version_ids: Sequence[int], now: datetime) -> None:
    """Give versions that have places new ones, in the feed and in those of the groups they are in, in the order given.

    The order lock must be held. What is under embargo has no place yet, and gets none.
    """
    ov, gp = object_version.c, group_posting.c
    placed: set[int] = set()
    posted: list[tuple[int, int]] = []
    for some in batches(version_ids):
        placed.update(
            connection.execute(select(ov.version_id).where(ov.version_id.in_(some), ov.position.is_not(None))).scalars()
        )
        posted += connection.execute(select(gp.feed, gp.version_id).where(gp.version_id.in_(some), gp.position.is_not(None)))
    for version_id in version_ids:
        if version_id in placed:
            renew_place(connection, order, version_id, now)
    for feed, version_id in sorted(posted, key=lambda one: (version_ids.index(one[1]), one[0])):
        position, added_at = order.next_position(now)
        this = (gp.feed == feed) & (gp.version_id == version_id)
        connection.execute(update(group_posting).where(this).values(position=position, added_at=added_at))


def release_embargoed(connection: Connection, order: Order, now: datetime, limit: int) -> int:
    """Give places to versions whose embargo has passed, at most ``limit``, in the feed and in those of the groups they are in.

    The order lock must be held. Gives how many.
    """
    ov, gp = object_version.c, group_posting.c
    due = select(ov.version_id).where(ov.position.is_(None), ov.release_at <= now).order_by(ov.release_at, ov.version_id)
    version_ids = list(connection.execute(due.limit(limit)).scalars())
    if version_ids:
        history.keep_versions(connection, version_ids, order.moment_of_next(now))
    for version_id in version_ids:
        renew_place(connection, order, version_id, now)
    posted: list[tuple[int, int]] = []
    for some in batches(version_ids):
        posted += connection.execute(select(gp.feed, gp.version_id).where(gp.version_id.in_(some), gp.position.is_(None)))
    for feed, version_id in sorted(posted, key=lambda one: (version_ids.index(one[1]), one[0])):
        position, added_at = order.next_position(now)
        this = (gp.feed == feed) & (gp.version_id == version_id)
        connection.execute(update(group_posting).where(this).values(position=position, added_at=added_at))
    return len(version_ids)


def next_release(connection: Connection) -> datetime | None:
    """Give when the next embargo ends, None without any."""
    ov = object_version.c
    earliest: datetime | None = connection.execute(select(func.min(ov.release_at)).where(ov.position.is_(None))).scalar_one()
    return earliest
