"""Where a version that moves into another class would be lost for a reader, or come twice: which places must be kept or given.

Owns the question; the answers are written by ``feed.give_places``. Asked under the order lock, before the versions are moved.
Kept by ``tests/storage/test_displacement.py`` and ``tests/storage/test_feed_histories.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy import Connection, and_, select

from app.storage.objects import StoredVersion
from app.storage.tables import (
    feed_entry,
    group_member,
    group_posting,
    object_version,
    sharing_group,
    viewpoint,
    visible_class,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a viewpoint's feed."""

    position: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Displaced:
    """A version that a viewpoint still sees after its move, and that needs an entry of that viewpoint's own to stay read once.

    ``keeps`` is the place at which it was read until now and must stay; None: it never had one, so it needs a new one at the end.
    ``feed`` is 0, or that of a sharing group in which the version is posted.
    """

    viewpoint_id: int
    version_id: int
    keeps: Place | None
    feed: int = 0


def displaced_by(connection: Connection, moved: Sequence[StoredVersion], to_class: int, *, anew: bool = False) -> list[Displaced]:
    """List where a move into ``to_class`` would lose a version for a reader, or give it twice. Ask before reclassifying.

    That happens where a viewpoint gained the old or the new class later than the version's place. In the ordinary case (nobody
    gained either later) this is one statement and empty. What comes back is for ``feed.give_places``.

    ``anew``: the versions gain readers, so they are about to be given new general places. Then whoever sees their old class keeps
    the old place. The viewpoints must have been evaluated up to that class.
    """
    placed = [version for version in moved if version.position is not None and version.class_id != to_class]
    classes = {version.class_id for version in placed} | {to_class}
    viewpoint_ids = _concerned(connection, classes, everybody=anew) if placed else []
    if not viewpoint_ids:
        return []
    counts_from = _counts_from(connection, viewpoint_ids, classes)
    places = _Places.of(connection, viewpoint_ids, [version.version_id for version in placed])
    displaced = []
    for viewpoint_id, version in product(viewpoint_ids, placed):
        since, new_since = (counts_from.get((viewpoint_id, class_id)) for class_id in (version.class_id, to_class))
        if since is None or new_since is None:
            continue
        for feed in places.feeds(viewpoint_id, version.version_id):
            before, after = (places.place(viewpoint_id, feed, version.version_id, each) for each in (since, new_since))
            moves = before is not None if anew and not feed else before != after
            if moves:
                displaced.append(Displaced(viewpoint_id, version.version_id, before, feed))
    return displaced


def _concerned(connection: Connection, classes: Collection[int], *, everybody: bool) -> list[int]:
    sees = select(visible_class.c.viewpoint_id).where(visible_class.c.class_id.in_(sorted(classes)))
    return sorted(set(connection.execute(sees if everybody else sees.where(visible_class.c.since > 0)).scalars()))


def _counts_from(connection: Connection, viewpoint_ids: Sequence[int], classes: Collection[int]) -> dict[tuple[int, int], int]:
    """Give from where each class counts for each viewpoint that sees it, or will once it is asked about it: then from 0."""
    vp, vc = viewpoint.c, visible_class.c
    asked_to = select(vp.viewpoint_id, vp.evaluated_to).where(vp.viewpoint_id.in_(viewpoint_ids))
    sees = select(vc.viewpoint_id, vc.class_id, vc.since).where(vc.viewpoint_id.in_(viewpoint_ids), vc.class_id.in_(classes))
    unasked = {(one, class_id): 0 for one, to in connection.execute(asked_to) for class_id in classes if class_id > to}
    return unasked | {(one, class_id): since for one, class_id, since in connection.execute(sees)}


@dataclass(frozen=True, slots=True)
class _Places:
    """Where versions stand: in which feeds, each at its own place or its posting's, and by which entries of viewpoints."""

    base: Mapping[tuple[int, int], Place]  # by feed and version
    own: Mapping[tuple[int, int, int], tuple[Place, int]]  # by viewpoint, feed and version; and when it was given
    read: Mapping[int, Collection[int]]  # by viewpoint: the feeds of the groups that its partner reads

    @classmethod
    def of(cls, connection: Connection, viewpoint_ids: Sequence[int], version_ids: Sequence[int]) -> _Places:
        ov, fe, gp = object_version.c, feed_entry.c, group_posting.c
        general = select(ov.version_id, ov.position, ov.added_at).where(ov.version_id.in_(version_ids))
        posted = select(gp.version_id, gp.position, gp.added_at, gp.feed).where(
            gp.version_id.in_(version_ids), gp.position.is_not(None)
        )
        own = select(feed_entry).where(fe.viewpoint_id.in_(viewpoint_ids), fe.version_id.in_(version_ids))
        base = {(0, one): Place(position, at) for one, position, at in connection.execute(general)}
        base |= {(feed, one): Place(position, at) for one, position, at, feed in connection.execute(posted)}
        entries = {
            (row.viewpoint_id, row.feed, row.version_id): (Place(row.position, row.added_at), row.issued)
            for row in connection.execute(own)
        }
        return cls(base, entries, _feeds_read(connection, viewpoint_ids) if any(feed for feed, _ in base) else {})

    def feeds(self, viewpoint_id: int, version_id: int) -> list[int]:
        """List the feeds in which the viewpoint may meet the version."""
        return [feed for feed in (0, *self.read.get(viewpoint_id, ())) if (feed, version_id) in self.base]

    def place(self, viewpoint_id: int, feed: int, version_id: int, since: int) -> Place | None:
        """Give the place that counts above ``since``: the rule of ``feed``, for one version."""
        base = self.base[feed, version_id]
        own, issued = self.own.get((viewpoint_id, feed, version_id), (base, 0))
        if issued > max(since, base.position):
            return own
        return base if base.position > max(since, issued) else None


def _feeds_read(connection: Connection, viewpoint_ids: Sequence[int]) -> dict[int, list[int]]:
    vp, gm, sg = viewpoint.c, group_member.c, sharing_group.c
    statement = (
        select(vp.viewpoint_id, sg.feed)
        .join_from(viewpoint, group_member, and_(gm.partner_id == vp.partner_id, gm.can_read))
        .join(sharing_group, and_(sg.group_id == gm.group_id, sg.deleted_at.is_(None)))
        .where(vp.viewpoint_id.in_(viewpoint_ids))
        .order_by(vp.viewpoint_id, sg.feed)
    )
    feeds: dict[int, list[int]] = {}
    for viewpoint_id, feed in connection.execute(statement):
        feeds.setdefault(viewpoint_id, []).append(feed)
    return feeds
