"""What a viewpoint may see, in the order of the feed: the one query behind every page, export and look-up.

Each version has one general place (``object_version.position``). A viewpoint has entries of its own for what it gained later;
such an entry replaces the general place. Both count only if they were given above the ``since`` of the version's class; an entry
says in ``issued`` when it was given, since it may keep an earlier place. No function here reads objects without a viewpoint.
Kept by ``tests/storage/test_feed.py``, ``tests/storage/test_feed_histories.py`` and
``tests/promises/test_page_equals_brute_force.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, or_, select, union_all, update

from app.storage.batches import batches
from app.storage.counter import Order
from app.storage.objects import Displaced, Place
from app.storage.tables import feed_entry, object_content, object_facet, object_version, viewpoint, visible_class
from app.storage.viewpoints import Viewpoint


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a page. None and empty mean "no such filter"; several values of one filter are alternatives.

    ``facets`` maps a kind (harm, phase, surface) to accepted values. Version and validity bounds are sort keys of STIX
    timestamps; ``added_after`` is exclusive, ``added_before`` exclusive, ``modified_after`` and ``modified_before`` exclusive.
    """

    stix_ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    owner_ids: frozenset[str] = frozenset()
    facets: tuple[tuple[str, frozenset[str]], ...] = ()
    minimum_confidence: int | None = None
    added_after: datetime | None = None
    added_before: datetime | None = None
    modified_after: str | None = None
    modified_before: str | None = None
    valid_at: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One visible version at its place in the viewpoint's feed."""

    position: int
    added_at: datetime
    version_id: int
    owner_id: str


@dataclass(frozen=True, slots=True)
class Window:
    """Which stretch of the feed: above position ``after`` (0: from the start), at most ``limit`` entries, as of ``now``."""

    after: int
    limit: int
    now: datetime


def page(connection: Connection, viewpoint: Viewpoint, window: Window, filters: Filters) -> list[Entry]:
    """Give the entries of a window in order; ask for one more than wanted to learn whether there is more."""
    streams = [_general(viewpoint, window, filters)]
    if viewpoint.has_entries:
        streams.append(_own(viewpoint, window, filters))
    limited = [select(stream.order_by("position").limit(window.limit).subquery()) for stream in streams]
    statement = limited[0] if len(limited) == 1 else union_all(*limited).order_by("position").limit(window.limit)
    return [Entry(row.position, row.added_at, row.version_id, row.owner_id) for row in connection.execute(statement)]


def _general(viewpoint: Viewpoint, window: Window, filters: Filters) -> Select[tuple[int, datetime, int, str]]:
    ov, vc = object_version.c, visible_class.c
    statement = (
        select(ov.position.label("position"), ov.added_at, ov.version_id, ov.owner_id)
        .join_from(object_version, visible_class, _sees(viewpoint))
        .where(
            ov.position > window.after, ov.position > vc.since, ov.visible_until > window.now, *_conditions(filters, ov.added_at)
        )
    )
    if viewpoint.has_entries:
        # An entry is always given later than the general place: where it no longer counts, neither does the general place.
        fe = feed_entry.c
        own = (fe.viewpoint_id == viewpoint.viewpoint_id) & (fe.version_id == ov.version_id)
        statement = statement.where(~exists().where(own))
    return statement


def _own(viewpoint: Viewpoint, window: Window, filters: Filters) -> Select[tuple[int, datetime, int, str]]:
    ov, vc, fe = object_version.c, visible_class.c, feed_entry.c
    return (
        select(fe.position.label("position"), fe.added_at, ov.version_id, ov.owner_id)
        .join_from(feed_entry, object_version, fe.version_id == ov.version_id)
        .join(visible_class, _sees(viewpoint))
        .where(
            fe.viewpoint_id == viewpoint.viewpoint_id,
            fe.position > window.after,
            fe.issued > vc.since,
            ov.visible_until > window.now,
            *_conditions(filters, fe.added_at),
        )
    )


def _sees(viewpoint: Viewpoint) -> ColumnElement[bool]:
    vc = visible_class.c
    return and_(vc.viewpoint_id == viewpoint.viewpoint_id, vc.class_id == object_version.c.class_id)


def _conditions(filters: Filters, added_at: ColumnElement[datetime]) -> Iterable[ColumnElement[bool]]:
    ov = object_version.c
    if filters.stix_ids:
        yield ov.stix_id.in_(sorted(filters.stix_ids))
    if filters.types:
        yield ov.type.in_(sorted(filters.types))
    if filters.owner_ids:
        yield ov.owner_id.in_(sorted(filters.owner_ids))
    for kind, values in filters.facets:
        of = object_facet.c
        yield exists().where(of.version_id == ov.version_id, of.kind == kind, of.value.in_(sorted(values)))
    if filters.minimum_confidence is not None:
        yield ov.confidence >= filters.minimum_confidence
    if filters.added_after is not None:
        yield added_at > filters.added_after
    if filters.added_before is not None:
        yield added_at < filters.added_before
    yield from _spans(filters)


def _spans(filters: Filters) -> Iterable[ColumnElement[bool]]:
    ov = object_version.c
    if filters.modified_after is not None:
        yield ov.version_key > filters.modified_after
    if filters.modified_before is not None:
        yield ov.version_key < filters.modified_before
    if filters.valid_at is not None:
        yield ov.valid_from_key <= filters.valid_at
        yield or_(ov.valid_until_key.is_(None), ov.valid_until_key > filters.valid_at)


@dataclass(frozen=True, slots=True)
class VisibleVersion:
    """One visible version of a looked-up id; ``added_at`` is None for an owner's own object under embargo."""

    version_id: int
    owner_id: str
    version: str
    version_key: str
    added_at: datetime | None


def versions_of(connection: Connection, viewpoint: Viewpoint, stix_id: str, now: datetime) -> list[VisibleVersion]:
    """List the versions under one id that the viewpoint sees, by owner and oldest first; hidden and absent are both empty.

    Objects under embargo are seen by their owner alone. One statement, whatever there is to find.
    """
    ov = object_version.c
    statement = (
        select(ov.version_id, ov.owner_id, ov.version, ov.version_key, ov.added_at)
        .join_from(object_version, visible_class, _sees(viewpoint))
        .where(
            ov.stix_id == stix_id,
            ov.visible_until > now,
            or_(ov.position.is_not(None), ov.owner_id == viewpoint.key.partner_id),
        )
        .order_by(ov.owner_id, ov.version_key)
    )
    return [VisibleVersion(*row) for row in connection.execute(statement)]


def contents(connection: Connection, version_ids: Collection[int]) -> dict[int, bytes]:
    """Give the stored canonical bytes of versions that a query of this module returned."""
    found: dict[int, bytes] = {}
    statement = select(object_content.c.version_id, object_content.c.content)
    for some in batches(version_ids):
        rows = connection.execute(statement.where(object_content.c.version_id.in_(some)))
        found |= {row.version_id: row.content for row in rows}
    return found


def waiting_for_entries(connection: Connection, viewpoint_id: int, limit: int, now: datetime) -> list[int]:
    """List versions that the viewpoint gained and that have no entry of its own yet, oldest first."""
    ov, vc, fe = object_version.c, visible_class.c, feed_entry.c
    own = and_(fe.viewpoint_id == viewpoint_id, fe.version_id == ov.version_id)
    statement = (
        select(ov.version_id)
        .join_from(visible_class, object_version, and_(ov.class_id == vc.class_id, ov.position <= vc.since))
        .outerjoin(feed_entry, own)
        .where(vc.viewpoint_id == viewpoint_id, vc.since > 0, ov.visible_until > now)
        .where(or_(fe.issued.is_(None), fe.issued <= vc.since))
        .order_by(ov.position)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def append_entries(connection: Connection, order: Order, viewpoint_id: int, version_ids: Collection[int], now: datetime) -> None:
    """Give these versions a new place at the end of the viewpoint's feed. The order lock must be held."""
    give_places(connection, order, [Displaced(viewpoint_id, version_id, None) for version_id in version_ids], now)


def give_places(connection: Connection, order: Order, displaced: Collection[Displaced], now: datetime) -> None:
    """Write the entries that ``objects.displaced_by`` asks for: at the kept place, else at the end. Order lock held."""
    rows = []
    for one in displaced:
        position, added_at = order.next_position(now)
        place = one.keeps or Place(position, added_at)
        row = {"viewpoint_id": one.viewpoint_id, "version_id": one.version_id, "issued": position}
        rows.append(row | {"position": place.position, "added_at": place.added_at})
    if not rows:
        return
    fe = feed_entry.c
    same = (fe.viewpoint_id == bindparam("of_viewpoint")) & (fe.version_id == bindparam("of_version"))
    replaced = [{"of_viewpoint": one.viewpoint_id, "of_version": one.version_id} for one in displaced]
    connection.execute(feed_entry.delete().where(same), replaced)
    connection.execute(feed_entry.insert(), rows)
    readers = viewpoint.c.viewpoint_id.in_({one.viewpoint_id for one in displaced})
    connection.execute(update(viewpoint).where(readers).values(has_entries=True))
