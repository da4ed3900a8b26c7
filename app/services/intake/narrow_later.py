"""What depends on an object that its owner narrowed becomes as narrow: at once for who loses by it, and then for good.

Owns the two halves. In the transaction that narrows, a narrowing is begun and traced, so that whoever may lose something finds it
hidden from that commit on (``visible_set`` lays the veil). Later, batch by batch, each version that depends on it moves into its
narrower class, and who keeps it never loses its place. See ``docs/policy-in-detail.md``, decision 15. Kept by
``tests/services/intake/test_narrow_later.py`` and ``tests/promises/test_narrowing_equals_recomputation.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.events import Event, EventRecord
from app.domain.handling import HandlingClass
from app.policy.visibility import Viewer, why_hidden
from app.services.intake.narrow import narrowed
from app.services.reading.visible_set import viewer_of
from app.storage import displacement, events, feed, handling, members, narrowings, objects, sharing, viewpoints, work
from app.storage.columns import FOREVER
from app.storage.counter import Moment, Order, save_order, take_order_lock
from app.storage.displacement import Displaced
from app.storage.narrowings import Narrowing, Roots
from app.storage.objects import StoredVersion
from app.storage.session import Connection
from app.storage.viewpoints import ViewpointKey

NARROW = "narrow-dependents"

_STEPS = 12
"""How far one transaction traces: a step follows five thousand versions and finds ten thousand."""

_BATCH = 500


def begin_narrowings(
    connection: Connection, order: Order, roots: Mapping[int, Collection[int]], now: datetime, *, with_history: bool = True
) -> None:
    """Begin to narrow whatever depends on these versions (class id -> row ids of versions that need that class's handlings).

    ``with_history``: older versions of theirs must follow, too; else these versions themselves stay as they are.
    Takes bounded time, however much depends on them: what has not been traced by then is traced by the work, and until it is, who
    loses by the narrowing reads nothing but its own. The caller saves the order.
    """
    begun = [
        narrowings.begin(connection, order, Roots(class_id, version_ids, with_history), now)
        for class_id, version_ids in sorted(roots.items())
    ]
    if not begun:
        return
    steps = _STEPS
    for one in begun:
        if steps:
            _, steps = narrowings.trace(connection, one, steps, order.next_moment(now))
    ensure_narrowing_work(connection, now)
    owners = {one: each.owner_id for one, each in handling.classes_by_id(connection, roots).items()}
    records = [EventRecord(Event.OBJECT_NARROW, now, owners[one.class_id], subject=str(one.narrowing_id)) for one in begun]
    events.add_events(connection, records)


def ensure_narrowing_work(connection: Connection, now: datetime) -> None:
    """Put the work on the ledger if a narrowing is under way and no work is there. The order lock must be held."""
    if narrowings.next_to_do(connection) is not None and not work.has_waiting(connection, NARROW):
        work.add_work(connection, NARROW, {}, now)


def narrow_next(connection: Connection, now: datetime) -> bool:
    """Do one batch of the narrowings under way; takes the order lock. Gives whether there is more to do."""
    order = take_order_lock(connection)
    one = narrowings.next_to_do(connection)
    if one is None:
        return False
    if one.traced:
        _move_some(connection, order, one, now)
    else:
        narrowings.trace(connection, one, _STEPS, order.next_moment(now))
    save_order(connection, order)
    return narrowings.next_to_do(connection) is not None


def _move_some(connection: Connection, order: Order, one: Narrowing, now: datetime) -> None:
    some = narrowings.members(connection, one.narrowing_id, _BATCH)
    if not some:
        narrowings.finish(connection, one.narrowing_id)
        record = EventRecord(Event.OBJECT_NARROW, now, subject=str(one.narrowing_id), code=f"moved-{one.moved}")
        events.add_events(connection, [record])
        return
    classes = handling.classes_by_id(connection, {one.class_id, *(version.class_id for version in some)})
    further = classes[one.class_id]
    stay = narrowings.roots_apart(connection, one.narrowing_id)
    targets = {
        version.version_id: classes[version.class_id]
        if version.version_id in stay
        else narrowed(classes[version.class_id], further)
        for version in some
    }
    class_ids = handling.ensure_classes(connection, order, targets.values())
    groups: dict[int, list[StoredVersion]] = defaultdict(list)
    for version in some:
        to_class = class_ids[targets[version.version_id]]
        if to_class != version.class_id:
            groups[to_class].append(version)
    moment = order.next_moment(now)
    displaced = _reclassify(connection, groups, moment)
    reopening = _Reopening.of(connection, one, now)
    to_classes = {version: targets[version.version_id] for version in some}
    feed.give_places(connection, order, reopening.places(connection, displaced, to_classes), now)
    moved = [version for group in groups.values() for version in group]
    narrowings.let_go(connection, one, [version.version_id for version in some], len(moved), moment)
    begin_narrowings(connection, order, _closed(groups, classes, further), now)


def _reclassify(connection: Connection, groups: Mapping[int, Sequence[StoredVersion]], moment: Moment) -> list[Displaced]:
    displaced: list[Displaced] = []
    for class_id, moved in groups.items():
        displaced += displacement.displaced_by(connection, moved, class_id)
        objects.reclassify(connection, [version.version_id for version in moved], class_id, FOREVER, moment)
    return displaced


def _closed(
    groups: Mapping[int, Sequence[StoredVersion]], classes: Mapping[int, HandlingClass], further: HandlingClass
) -> dict[int, list[int]]:
    """Give what became its owner's alone since it would have needed too many handlings: what depends on it must follow."""
    closed: dict[int, list[int]] = defaultdict(list)
    for class_id, moved in groups.items():
        for version in moved:
            before = classes[version.class_id]
            if narrowed(before, further) != before.narrowed_by([further]):
                closed[class_id].append(version.version_id)
    return closed


@dataclass(frozen=True, slots=True)
class _Veiled:
    """A viewpoint behind a veil: who looks from there, whether the veil hides its own, and which groups' feeds it reads."""

    viewer: Viewer
    key: ViewpointKey
    hides_own: bool
    feeds: frozenset[int]

    def hid(self, owner_id: str) -> bool:
        """Whether the veil hides what this partner owns."""
        return self.hides_own or owner_id != self.viewer.partner_id


@dataclass(frozen=True, slots=True)
class _Reopening:
    """What the veils of a narrowing hide, and what of it is seen after all: policy gave it back, or a group names the viewer."""

    veiled: Mapping[int, _Veiled]
    now: datetime

    @classmethod
    def of(cls, connection: Connection, one: Narrowing, now: datetime) -> _Reopening:
        veiled = {}
        for veil in narrowings.veils(connection, one.narrowing_id):
            key = viewpoints.viewpoint_by_id(connection, veil.viewpoint_id).key
            partner = members.partner_by_id(connection, key.partner_id)
            if partner is None:
                raise LookupError("a viewpoint of no partner")
            viewer = viewer_of(connection, partner, key.tlp_ceiling, now)
            feeds = frozenset(each.number for each in feed.feeds_read(connection, key.partner_id))
            veiled[veil.viewpoint_id] = _Veiled(viewer, key, veil.hides_own, feeds)
        return cls(veiled, now)

    def places(
        self, connection: Connection, displaced: Sequence[Displaced], targets: Mapping[StoredVersion, HandlingClass]
    ) -> list[Displaced]:
        """Give the places to be given: where a veil hid the version not the old ones, which a cursor may have passed, but new."""
        owners = {version.version_id: version.owner_id for version in targets}
        given = [one for one in displaced if not self._hid(one.viewpoint_id, owners[one.version_id])]
        placed = [version for version in targets if version.position is not None]
        posted = sharing.postings_of(connection, [version.version_id for version in placed]) if self.veiled else {}
        for viewpoint_id, veiled in self.veiled.items():
            seen = {one for one in set(targets.values()) if self._sees(veiled, one)}
            for version in placed:
                if veiled.hid(version.owner_id) and targets[version] in seen:
                    feeds = sorted({0, *(veiled.feeds & posted.get(version.version_id, {}).keys())})
                    given += [Displaced(viewpoint_id, version.version_id, None, number) for number in feeds]
        return given

    def _hid(self, viewpoint_id: int, owner_id: str) -> bool:
        return viewpoint_id in self.veiled and self.veiled[viewpoint_id].hid(owner_id)

    def _sees(self, veiled: _Veiled, asked: HandlingClass) -> bool:
        return why_hidden(veiled.viewer, asked, veiled.key.purpose, veiled.key.channel, self.now) is None
