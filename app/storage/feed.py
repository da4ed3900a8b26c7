"""What a viewpoint may see, in the order of a feed: the one query behind every page, export and look-up.

There is the feed of everything that a reader may see, where each version has one general place (``object_version.position``), and
one of each sharing group, where it has the place of its posting. A viewpoint has entries of its own, in each feed, for what it
gained later; such an entry replaces the place unless that was given later still. Both count only if they were given above the
``since`` of the version's class; an entry says in ``issued`` when it was given, since it may keep an earlier place. No function
here reads objects without a viewpoint. Kept by ``tests/storage/test_feed.py``, ``tests/storage/test_feed_of_groups.py``,
``tests/storage/test_feed_histories.py`` and ``tests/promises/test_page_equals_brute_force.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, or_, select, update

from app.storage.columns import Instant
from app.storage.counter import Order, read_order
from app.storage.displacement import Displaced, Place
from app.storage.feed_statements import (
    Entry,
    Form,
    base_places,
    base_places_by_class,
    base_places_by_facet,
    base_places_by_type,
    base_places_by_words,
    base_places_of_classes,
    own_places,
    seen_of,
    sizes,
    versions_under,
    versions_within,
)
from app.storage.filters import Filters, Shape, Versions, parameters
from app.storage.prepared import Prepared
from app.storage.tables import (
    feed_entry,
    group_member,
    group_posting,
    object_version,
    sharing_group,
    viewpoint,
    visible_class,
)
from app.storage.viewpoints import Viewpoint

__all__ = [
    "EVERYTHING",
    "Entry",
    "Feed",
    "Filters",
    "Versions",
    "VisibleVersion",
    "Window",
    "append_entries",
    "feeds_read",
    "give_places",
    "newest",
    "page",
    "versions_of",
    "waiting_for_entries",
]

# How many positions are looked through at first for each entry wanted, and how many at most if that promises to fill the page.
_NEAR = 2
_FAR = 5_000
_FAR_BY_FACET = 40_000  # what has a facet is gathered from everywhere and sorted: that costs more than to look far
_FAR_BY_PROBE = 1_000  # whether a version says words costs more to ask than where it is
# From so many entries on, the classes that are seen are gathered for each statement instead of looked up for each place.
_BULK = 2_000
# Of what could be gone by no more is counted: where there is more of each, the feed itself is gone through, in stretches of which
# the first is so long.
_MANY = 4_000
_STRETCH = 5_000
_ALL_VERSIONS = (0, 2**62)
# How many places of each class are read at first where classes are looked through one by one; each round reads more.
_OF_EACH_CLASS = 8


@dataclass(frozen=True, slots=True)
class Feed:
    """Which feed: number 0 is that of everything a viewpoint sees, else that of a sharing group.

    Of a group's feed a member sees what was posted since ``from_generation``.
    """

    number: int = 0
    from_generation: int = 0


EVERYTHING = Feed()
"""The feed of all that a viewpoint sees."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which stretch of a feed: above position ``after`` (0: from the start), at most ``limit`` entries, as of ``now``.

    ``head`` is the last place given in this snapshot, if the caller has read it.
    """

    after: int
    limit: int
    now: datetime
    feed: Feed = EVERYTHING
    head: int | None = None


def page(connection: Connection, viewpoint: Viewpoint, window: Window, filters: Filters) -> list[Entry]:
    """Give the entries of a window in order; ask for one more than wanted to learn whether there is more.

    Stretches of the feed are looked through first: what that costs is bounded, whatever the planner thinks of it. A reader who
    sees little of them is answered class by class. Which way is taken depends on estimates, what comes out does not.
    """
    if viewpoint.stands_still:
        return []  # what must be hidden is not known yet, and a cursor must not pass what will not be
    look = _Look(connection, viewpoint, filters, window)
    head = read_order(connection).position if window.head is None else window.head
    reached = max(window.after, _dated_before(connection, filters.added_after))
    if filters.stix_ids or window.feed.number or head - reached <= (_FAR if filters.words is None else _FAR_BY_PROBE):
        return look.between(reached, head, window.limit) if reached < head else []
    near = _NEAR * window.limit
    found = look.between(reached, reached + near, window.limit)
    reached += near
    # As far again as what is still missing should lie away, if it goes on like this.
    far = 2 * near * (window.limit - len(found)) // max(len(found), 1)
    if 0 < far <= (_FAR_BY_FACET if filters.facets else _FAR) and reached < head and (found or filters.words is None):
        found += look.between(reached, reached + far, window.limit - len(found))
        reached += far
    if filters.words is not None and reached < head and len(found) < window.limit:
        return found + look.by_words(reached, head, window.limit - len(found))
    if filters.facets and reached < head and len(found) < window.limit:
        return found + look.by_facet(reached, head, window.limit - len(found))
    while reached < head and len(found) < window.limit:
        more, reached = look.by_class(reached, head, window.limit - len(found))
        found += more
    return found


def newest(connection: Connection, viewpoint: Viewpoint, window: Window, filters: Filters) -> list[Entry]:
    """Give the newest entries of the feed of everything that fit, newest first, up to the place ``window.head``.

    As ``page``, from the end: the last stretch is looked through first, and then whatever there is least of: what says the words,
    has a facet or is of a type that is asked for, or what is seen.
    """
    if viewpoint.stands_still:
        return []
    look = _Look(connection, viewpoint, filters, window, newest_first=True)
    head = read_order(connection).position if window.head is None else window.head
    lowest = min(max(window.after, _dated_before(connection, filters.added_after)), head)
    middle = max(lowest, head - _NEAR * window.limit)
    found = look.between(middle, head, window.limit)
    if middle == lowest or len(found) == window.limit:
        return found
    # As far again as what is still missing should lie away, if it goes on like this.
    far = 2 * (head - middle) * (window.limit - len(found)) // max(len(found), 1)
    # Where none of them says the words, those are rare, and it is cheaper to go by what says them.
    if 0 < far <= _FAR and (found or not look.asks_each_for_words):
        lower = max(lowest, middle - far)
        found += look.between(lower, middle, window.limit - len(found))
        middle = lower
    if len(found) < window.limit and middle > lowest:
        found += look.by_fewest(lowest, middle, window.limit - len(found))
    return found


_DATED_BEFORE = Prepared(
    select(object_version.c.position)
    .where(object_version.c.added_at <= bindparam("instant", type_=Instant))
    .order_by(object_version.c.added_at.desc())
    .limit(1)
)


def _dated_before(connection: Connection, instant: datetime | None) -> int:
    """Give a position at and before which nothing was added after an instant: positions and dates grow together."""
    row = None if instant is None else _DATED_BEFORE.row(connection, instant=instant)
    return 0 if row is None else int(row.position)


class _Look:
    """One look at a feed: from a viewpoint, through filters, in a snapshot, as of now."""

    def __init__(
        self, connection: Connection, viewpoint: Viewpoint, filters: Filters, window: Window, *, newest_first: bool = False
    ) -> None:
        self._connection = connection
        feed = window.feed
        self._form = Form(
            Shape.of(filters),
            of_group=feed.number > 0,
            has_entries=viewpoint.has_entries,
            veiled=viewpoint.veiled,
            in_bulk=window.limit >= _BULK,
            newest_first=newest_first,
        )
        self._parameters = parameters(filters)
        self._parameters |= {"viewpoint": viewpoint.viewpoint_id, "partner": viewpoint.key.partner_id, "now": window.now}
        self._parameters |= {"feed": feed.number, "from_generation": feed.from_generation}
        self._of_each_class = _OF_EACH_CLASS
        is_sqlite = connection.dialect.name == "sqlite"
        self._gathers_words = filters.words is not None and is_sqlite
        self.asks_each_for_words = filters.words is not None and not is_sqlite
        self._bound_words(_ALL_VERSIONS)

    def between(self, after: int, upto: int, limit: int) -> list[Entry]:
        """Give the first entries with ``after`` < position <= ``upto``."""
        if self._gathers_words:
            [within] = versions_within(self._form).rows(self._connection, **self._parameters, after=after, upto=upto)
            if within.lowest is None:
                return []
            self._bound_words((within.lowest, within.highest))
        general = self._run(base_places(self._form), after, upto, limit)
        found = self._merged(general, after, upto, limit)
        self._bound_words(_ALL_VERSIONS)
        return found

    def _bound_words(self, lowest_and_highest: tuple[int, int]) -> None:
        """Say among which versions SQLite gathers what says the words."""
        self._parameters["lowest_version"], self._parameters["highest_version"] = lowest_and_highest

    def by_fewest(self, after: int, upto: int, limit: int) -> list[Entry]:
        """Give the last entries, going by whatever there is least of; through the stretch itself where there is much of each."""
        [row] = sizes(self._form).rows(self._connection, **self._parameters, after=after, upto=upto, most=_MANY)
        counted: dict[str, int] = row._asdict()
        name = min(counted, key=lambda one: counted[one])
        if counted[name] == _MANY:
            name = "words" if self.asks_each_for_words else ""
        if name == "classes":
            return self.of_classes(after, upto, limit)
        if name == "words":
            return self.by_words(after, upto, limit)
        if name == "types":
            return self._merged(self._run(base_places_by_type(self._form), after, upto, limit), after, upto, limit)
        if name:
            return self.by_facet(after, upto, limit, int(name.removeprefix("facet_")))
        return self._backwards(after, upto, limit)

    def _backwards(self, after: int, upto: int, limit: int) -> list[Entry]:
        """Give the same, in stretches from the end, each longer than the one before."""
        found: list[Entry] = []
        length = _STRETCH
        while after < upto and len(found) < limit:
            lower = max(after, upto - length)
            found += self.between(lower, upto, limit - len(found))
            upto, length = lower, 2 * length
        return found

    def by_facet(self, after: int, upto: int, limit: int, number: int = 0) -> list[Entry]:
        """Give the same, going by what has one of the facets asked for: the cost depends on how much that is."""
        return self._merged(self._run(base_places_by_facet(self._form, number), after, upto, limit), after, upto, limit)

    def by_words(self, after: int, upto: int, limit: int) -> list[Entry]:
        """Give the same, going by what says the words asked for."""
        return self._merged(self._run(base_places_by_words(self._form), after, upto, limit), after, upto, limit)

    def of_classes(self, after: int, upto: int, limit: int) -> list[Entry]:
        """Give the same, going by all that is seen."""
        return self._merged(self._run(base_places_of_classes(self._form), after, upto, limit), after, upto, limit)

    def by_class(self, after: int, upto: int, limit: int) -> tuple[list[Entry], int]:
        """Give the first entries up to a position that it names too: there each class has been looked through.

        The cost depends on what is seen, not on what is stored. SQLite has no LATERAL and sorts what is seen instead.
        """
        if self._connection.dialect.name == "sqlite":
            return self.of_classes(after, upto, limit), upto
        self._parameters["each"] = self._of_each_class
        self._of_each_class *= 8
        general = self._run(base_places_by_class(self._form), after, upto, limit)
        upto = general[0].horizon if general else upto
        return self._merged([Entry._make(row[:4]) for row in general], after, upto, limit), upto

    def _merged(self, general: list[Entry], after: int, upto: int, limit: int) -> list[Entry]:
        own = self._run(own_places(self._form), after, upto, limit) if self._form.has_entries else []
        if not own:
            return general
        return sorted(chain(general, own), key=attrgetter("position"), reverse=self._form.newest_first)[:limit]

    def _run(self, statement: Prepared, after: int, upto: int, limit: int) -> list[Any]:
        return statement.rows(self._connection, **self._parameters, after=after, upto=upto, limit=limit)


@dataclass(frozen=True, slots=True)
class VisibleVersion:
    """One visible version of a looked-up id; ``added_at`` is None for an owner's own object under embargo."""

    version_id: int
    owner_id: str
    version: str
    version_key: str
    added_at: datetime | None
    class_id: int


def versions_of(connection: Connection, viewpoint: Viewpoint, stix_id: str, now: datetime) -> list[VisibleVersion]:
    """List the versions under one id that the viewpoint sees, by owner and oldest first; hidden and absent are both empty.

    Objects under embargo are seen by their owner alone. One statement, whatever there is to find.
    """
    asked = {"viewpoint": viewpoint.viewpoint_id, "partner": viewpoint.key.partner_id, "stix_id": stix_id, "now": now}
    return [VisibleVersion(*row) for row in versions_under(veiled=viewpoint.veiled).rows(connection, **asked)]


def sees_all(connection: Connection, viewpoint: Viewpoint, version_ids: Collection[int]) -> bool:
    """Say whether the viewpoint sees each of these versions, which were in its feed and may have expired: by class and veils."""
    asked = {"viewpoint": viewpoint.viewpoint_id, "partner": viewpoint.key.partner_id, "version_ids": list(version_ids)}
    row = seen_of(veiled=viewpoint.veiled).row(connection, **asked)
    return row is not None and bool(row.seen == len(version_ids))


def feeds_read(connection: Connection, partner_id: str) -> list[Feed]:
    """List the feeds of the sharing groups whose member the partner is and may read, as far back as it may look."""
    gm, sg = group_member.c, sharing_group.c
    statement = (
        select(sg.feed, gm.from_generation)
        .join_from(group_member, sharing_group, sg.group_id == gm.group_id)
        .where(gm.partner_id == partner_id, gm.can_read, sg.deleted_at.is_(None))
        .order_by(sg.feed)
    )
    return [Feed(number, generation) for number, generation in connection.execute(statement)]


def waiting_for_entries(
    connection: Connection, viewpoint_id: int, limit: int, now: datetime, feed: Feed = EVERYTHING
) -> list[int]:
    """List versions that the viewpoint gained and that have no entry of its own in the feed yet, oldest first."""
    ov, vc, fe = object_version.c, visible_class.c, feed_entry.c
    own = and_(fe.viewpoint_id == viewpoint_id, fe.feed == feed.number, fe.version_id == ov.version_id)
    statement = select(ov.version_id).join_from(visible_class, object_version, ov.class_id == vc.class_id)
    position = ov.position
    if feed.number:
        gp = group_posting.c
        posted = and_(gp.version_id == ov.version_id, gp.feed == feed.number, gp.generation >= feed.from_generation)
        statement, position = statement.join(group_posting, posted), gp.position
    statement = (
        statement.outerjoin(feed_entry, own)
        .where(vc.viewpoint_id == viewpoint_id, vc.since > 0, position <= vc.since, ov.visible_until > now)
        .where(or_(fe.issued.is_(None), fe.issued <= vc.since, fe.issued < position))
        .order_by(position)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def append_entries(connection: Connection, order: Order, viewpoint_id: int, version_ids: Collection[int], now: datetime) -> None:
    """Give these versions a new place at the end of the viewpoint's feed of everything. The order lock must be held."""
    give_places(connection, order, [Displaced(viewpoint_id, version_id, None) for version_id in version_ids], now)


def give_places(connection: Connection, order: Order, displaced: Collection[Displaced], now: datetime) -> None:
    """Write the entries that ``displacement.displaced_by`` asks for: at the kept place, else at the end. Order lock held.

    Where a version is given a new general place as well, that comes first: an entry replaces only what was given before it.
    """
    rows = []
    for one in displaced:
        position, added_at = order.next_position(now)
        place = one.keeps or Place(position, added_at)
        row = {"viewpoint_id": one.viewpoint_id, "feed": one.feed, "version_id": one.version_id, "issued": position}
        rows.append(row | {"position": place.position, "added_at": place.added_at})
    if not rows:
        return
    fe = feed_entry.c
    of: dict[str, BindParameter[Any]] = {name: bindparam(f"of_{name}") for name in ("viewpoint_id", "feed", "version_id")}
    replaced = [{f"of_{name}": getattr(one, name) for name in of} for one in displaced]
    connection.execute(feed_entry.delete().where(*(fe[name] == value for name, value in of.items())), replaced)
    connection.execute(feed_entry.insert(), rows)
    readers = viewpoint.c.viewpoint_id.in_({one.viewpoint_id for one in displaced})
    connection.execute(update(viewpoint).where(readers).values(has_entries=True))
