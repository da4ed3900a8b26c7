"""What explanations read beside classes: when a version counts for its readers, and how many versions each class holds.

Owns reading it; what of it is told to whom is policy's. Nothing here is read for a page. Kept by
``tests/storage/test_explanations.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from app.domain.vocabulary import Channel, Purpose
from app.storage.batches import batches
from app.storage.tables import feed_entry, object_version, viewpoint, visible_class


@dataclass(frozen=True, slots=True)
class Times:
    """A version's place and times: ``position`` and ``added_at`` None while it is under embargo (``release_at``)."""

    version_id: int
    stix_id: str
    version: str
    class_id: int
    position: int | None
    added_at: datetime | None
    release_at: datetime | None
    visible_until: datetime
    withdrawn_at: datetime | None = None


def times_of(connection: Connection, version_ids: Collection[int]) -> dict[int, Times]:
    """Give the times of these versions, by their row ids."""
    columns = [object_version.c[name] for name in Times.__dataclass_fields__]
    found: dict[int, Times] = {}
    for some in batches(sorted(version_ids)):
        rows = connection.execute(select(*columns).where(object_version.c.version_id.in_(some)))
        found |= {row.version_id: Times(*row) for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class Counting:
    """From when on a version counts for whoever looks from one viewpoint; None: with its next look, which has not come yet."""

    partner_id: str
    purpose: Purpose
    since: datetime | None


def counting_from(connection: Connection, times: Times, channel: Channel) -> list[Counting]:
    """List, for every viewpoint of this channel, from when on a version counts there. Which of them see it is NOT asked.

    As in ``feed``: an entry of the viewpoint's own counts if it was given after the class and after the general place; the
    general place if it was given after the class. A class above those evaluated counts from its start.
    """
    vp, vc, fe = viewpoint.c, visible_class.c, feed_entry.c
    own = and_(fe.viewpoint_id == vp.viewpoint_id, fe.feed == 0, fe.version_id == times.version_id)
    statement = (
        select(vp.partner_id, vp.purpose, vp.evaluated_to, vc.since, fe.issued, fe.added_at)
        .join_from(
            viewpoint, visible_class, and_(vc.viewpoint_id == vp.viewpoint_id, vc.class_id == times.class_id), isouter=True
        )
        .join(feed_entry, own, isouter=True)
        .where(vp.channel == channel)
    )
    return [
        Counting(row.partner_id, Purpose(row.purpose), _since(times, row.evaluated_to, row.since, (row.issued, row.added_at)))
        for row in connection.execute(statement)
    ]


def _since(times: Times, evaluated_to: int, since: int | None, entry: tuple[int | None, datetime | None]) -> datetime | None:
    issued, entered_at = entry
    position = times.position or 0
    if since is None:
        return times.added_at if times.class_id > evaluated_to else None
    if issued is not None and issued > since and issued > position:
        return entered_at
    return times.added_at if position > since else None


def versions_in_classes(connection: Connection, now: datetime) -> dict[int, int]:
    """Count the versions of each class that readers may have at ``now``: released, in time and not withdrawn."""
    ov = object_version.c
    there = (ov.position.is_not(None), ov.visible_until > now, ov.withdrawn_at.is_(None))
    rows = connection.execute(select(ov.class_id, func.count()).where(*there).group_by(ov.class_id))
    return {class_id: count for class_id, count in rows}  # noqa: C416  # rows are no pairs to mypy
