"""A small exchange that is played through a history, beside a model in plain Python that knows what must be seen.

Owns the moves of a history and what is checked after them; which histories are played is ``test_feed_histories.py``'s. The model
decides by sets: a class is a set of harms, and a viewpoint sees it if its terms have all of them. So a class with more harms is
narrower, as with real handlings. What services do with storage (evaluate before each look, back-fill in batches, narrow older
versions when a newer one comes) is done here in the same order.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.domain.vocabulary import Harm, Purpose
from app.storage import counter, displacement, embargoes, feed, objects, viewpoints
from app.storage.columns import FOREVER
from app.storage.counter import Moment, Order
from app.storage.displacement import Displaced
from app.storage.feed import Entry, Filters, Versions, Window
from app.storage.objects import StoredVersion
from app.storage.session import Database
from app.storage.viewpoints import Evaluation, Viewpoint
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OTHER_READER, OWNER, READER

HARMS = tuple(Harm)[:5]
Harms = frozenset[Harm]

KEYS = (samples.key_of(READER), samples.key_of(READER, Purpose.INVESTIGATION), samples.key_of(OTHER_READER))
_ALL = 1_000_000


@dataclass
class Version:
    """What the model knows of a stored version."""

    version_id: int
    stix_id: str
    harms: Harms
    released: bool
    release_at: datetime | None
    visible_until: datetime


@dataclass
class Looker:
    """What the model knows of a viewpoint: its terms now, and those of its last evaluation (None before any)."""

    viewpoint_id: int
    terms: Harms
    looked_under: Harms | None = None
    back_fill_is_due: bool = False


@dataclass
class Reader:
    """Somebody who follows a viewpoint's feed by cursor; ``had`` are (version, which of its accesses) that were served."""

    looker: int
    cursor: int
    placed_before: frozenset[int]
    had: set[tuple[int, int]]
    stream: list[Entry] = field(default_factory=list)


class World:
    """An exchange with one owner's objects and several viewpoints, and its model."""

    def __init__(self, database: Database) -> None:
        """Enrol everybody; nothing is stored, and every viewpoint's terms admit some of the harms."""
        self.database = database
        self.now = NOW
        samples.found_exchange(database)
        self.versions: list[Version] = []
        self._class_ids: dict[Harms, int] = {}
        self.lookers = [Looker(samples.look(database, key).viewpoint_id, frozenset(HARMS[:3])) for key in KEYS]
        self.readers = [Reader(number, 0, frozenset(), set()) for number in range(len(KEYS))]
        self._accesses: Counter[tuple[int, int]] = Counter()
        self._seen: set[tuple[int, int]] = set()

    # --- what the model says ----------------------------------------------------------------------------------------------

    def sees(self, number: int, version: Version) -> bool:
        """Whether a viewpoint sees a version now."""
        return self._is_current(version) and version.harms <= self.lookers[number].terms

    def _is_current(self, version: Version) -> bool:
        return version.released and version.visible_until > self.now

    def visible(self, number: int) -> set[int]:
        """Give all that a viewpoint sees now."""
        return {version.version_id for version in self.versions if self.sees(number, version)}

    def watch(self) -> None:
        """Count each time that a viewpoint comes to see a version: within one such access it may be served once.

        What terms give counts from the first look under them. A version that is narrowed in between, into what only the new terms
        admit, was out of reach of the old ones: so that is a new access.
        """
        seen = {
            (number, version.version_id)
            for number, looker in enumerate(self.lookers)
            for version in self.versions
            if self._is_current(version) and looker.looked_under is not None and version.harms <= looker.looked_under
        }
        self._accesses.update(seen - self._seen)
        self._seen = seen

    # --- moves ------------------------------------------------------------------------------------------------------------

    def publish(self, harms: Harms, embargo_hours: int, lifetime_hours: int) -> None:
        """Publish a new object, perhaps under embargo, perhaps with an expiry."""
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            self._add(connection, order, samples.new_id(), harms, (embargo_hours, lifetime_hours))
            counter.save_order(connection, order)

    def supersede(self, which: int, harms: Harms, embargo_hours: int) -> None:
        """Publish a newer version of an object; the older ones need its harms too from now on."""
        if not self.versions:
            return
        stix_id = self.versions[which % len(self.versions)].stix_id
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            self._narrow(connection, order, [one for one in self.versions if one.stix_id == stix_id], harms)
            self._add(connection, order, stix_id, harms, (embargo_hours, 0))
            objects.mark_superseded(connection, OWNER, {stix_id})
            counter.save_order(connection, order)

    def narrow(self, which: int, many: int, harms: Harms) -> None:
        """Narrow some versions without a newer one, as when an object that they refer to was narrowed."""
        if not self.versions:
            return
        start = which % len(self.versions)
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            self._narrow(connection, order, self.versions[start : start + many], harms)
            counter.save_order(connection, order)

    def withdraw(self, which: int) -> None:
        """Let a version be seen no longer."""
        if not self.versions:
            return
        version = self.versions[which % len(self.versions)]
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            class_id = self._class_id(connection, order, version.harms)
            objects.reclassify(connection, [version.version_id], class_id, self.now, order.next_moment(self.now))
            counter.save_order(connection, order)
        version.visible_until = min(version.visible_until, self.now)

    def change_terms(self, number: int, harm: Harm) -> None:
        """Give a partner's viewpoints a harm or take it away; their visible sets are evaluated when somebody looks."""
        partner_id = KEYS[number].partner_id
        with self.database.write() as connection:
            counter.take_order_lock(connection)
            viewpoints.start_epoch(connection, partner_id, "agreement", self.now)
        for key, looker in zip(KEYS, self.lookers, strict=True):
            if key.partner_id == partner_id:
                looker.terms ^= {harm}

    def release(self, limit: int) -> None:
        """Let the release job run once."""
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            released = embargoes.release_embargoed(connection, order, self.now, limit)
            counter.save_order(connection, order)
        due = [one for one in self.versions if not one.released and one.release_at and one.release_at <= self.now]
        assert released == min(limit, len(due))
        for one in sorted(due, key=lambda one: (one.release_at, one.version_id))[:limit]:
            one.released = True

    def pass_time(self, hours: int) -> None:
        """Let time pass; what expires is seen no longer, what comes due waits for the release job."""
        self.now += timedelta(hours=hours)

    def back_fill(self, number: int, batch: int) -> None:
        """Let the back-fill job of a viewpoint run once, if there is one."""
        looker = self.lookers[number]
        if not looker.back_fill_is_due:
            return
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            waiting = feed.waiting_for_entries(connection, looker.viewpoint_id, batch, self.now)
            feed.append_entries(connection, order, looker.viewpoint_id, waiting, self.now)
            counter.save_order(connection, order)
        looker.back_fill_is_due = len(waiting) == batch

    def join(self, number: int) -> None:
        """Let a reader begin at the present end of a viewpoint's feed: it wants what comes from now on."""
        viewpoint = self._current(number)
        with self.database.read() as connection:
            head = counter.read_order(connection).position
            placed = frozenset(entry.version_id for entry in self._page(connection, viewpoint, 0, _ALL, self.now))
        had = {(version_id, self._accesses[number, version_id]) for version_id in placed}
        self.readers.append(Reader(number, head, placed, had))

    def read(self, which: int, limit: int) -> int:
        """Let a reader take its next page, and check every entry of it. Gives how many there were."""
        reader = self.readers[which % len(self.readers)]
        viewpoint = self._current(reader.looker)
        with self.database.read() as connection:
            entries = self._page(connection, viewpoint, reader.cursor, limit, self.now)
        assert len(entries) <= limit
        for entry in entries:
            access = (entry.version_id, self._accesses[reader.looker, entry.version_id])
            assert entry.version_id in self.visible(reader.looker), "something hidden was served"
            assert access not in reader.had, "something was served twice"
            reader.had.add(access)
            reader.stream.append(entry)
            reader.cursor = entry.position
        return len(entries)

    # --- what services do -------------------------------------------------------------------------------------------------

    def _add(self, connection: Connection, order: Order, stix_id: str, harms: Harms, hours: tuple[int, int]) -> None:
        embargo_hours, lifetime_hours = hours
        release_at = self.now + timedelta(hours=embargo_hours) if embargo_hours else None
        until = self.now + timedelta(hours=lifetime_hours) if lifetime_hours else FOREVER
        number = sum(one.stix_id == stix_id for one in self.versions)
        one = samples.checked(stix_id, version=f"2026-01-01T00:00:00.{number:06}Z")
        class_id = self._class_id(connection, order, harms)
        made = samples.numbered(order, one, class_id, self.now, release_at=release_at, visible_until=until)
        objects.add_versions(connection, [made], samples.SUBMISSION, self.now)
        self.versions.append(Version(made.version_id, stix_id, harms, release_at is None, release_at, until))

    def _narrow(self, connection: Connection, order: Order, chosen: list[Version], harms: Harms) -> None:
        by_id = {one.version_id: one for one in chosen}
        stored = objects.own_versions(connection, OWNER, {one.stix_id for one in chosen})
        displaced: list[Displaced] = []
        for target in {one.harms | harms for one in chosen}:
            moved = [one for one in stored if one.version_id in by_id and by_id[one.version_id].harms | harms == target]
            to_class = self._class_id(connection, order, target)
            displaced += displacement.displaced_by(connection, moved, to_class)
            self._reclassify(connection, moved, to_class, order.next_moment(self.now))
        feed.give_places(connection, order, displaced, self.now)
        for one in chosen:
            one.harms |= harms

    def _reclassify(self, connection: Connection, moved: list[StoredVersion], to_class: int, moment: Moment) -> None:
        for until in {one.visible_until for one in moved}:
            ids = [one.version_id for one in moved if one.visible_until == until]
            objects.reclassify(connection, ids, to_class, until, moment)

    def _class_id(self, connection: Connection, order: Order, harms: Harms) -> int:
        if harms not in self._class_ids:
            self._class_ids[harms] = samples.class_id_of(connection, order, *harms)
        return self._class_ids[harms]

    def _current(self, number: int) -> Viewpoint:
        """Give a viewpoint whose visible set is true now, as it must be before every look."""
        looker = self.lookers[number]
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            viewpoint = viewpoints.viewpoint_by_id(connection, looker.viewpoint_id)
            evaluation = self._evaluation(connection, viewpoint, looker, order.position)
            viewpoints.record_evaluation(connection, looker.viewpoint_id, evaluation)
            looker.looked_under = looker.terms
            looker.back_fill_is_due |= any(evaluation.gained.values())
            self.watch()
            return viewpoints.viewpoint_by_id(connection, looker.viewpoint_id)

    def _evaluation(self, connection: Connection, viewpoint: Viewpoint, looker: Looker, head: int) -> Evaluation:
        standing = viewpoints.standing_for(connection, viewpoint.key.partner_id)
        had = viewpoints.visible_classes(connection, viewpoint.viewpoint_id)
        before = looker.terms if looker.looked_under is None else looker.looked_under
        gained, lost = {}, []
        for harms, class_id in self._class_ids.items():
            if harms <= looker.terms and class_id not in had:
                # A class that is new since the last evaluation was visible from its start, unless the terms changed as well.
                gained[class_id] = 0 if class_id > viewpoint.evaluated_to and harms <= before else head
            if not harms <= looker.terms and class_id in had:
                lost.append(class_id)
        return Evaluation(gained, lost, standing.epoch, None, standing.newest_class_id, FOREVER)

    @staticmethod
    def _page(connection: Connection, viewpoint: Viewpoint, after: int, limit: int, now: datetime) -> list[Entry]:
        return feed.page(connection, viewpoint, Window(after, limit, now), Filters())

    # --- what must hold ---------------------------------------------------------------------------------------------------

    def check_feeds(self) -> None:
        """Each viewpoint's whole feed is what it sees, each version once, but for what the back-fill job will still append."""
        for number in range(len(self.lookers)):
            viewpoint = self._current(number)
            with self.database.read() as connection:
                entries = self._page(connection, viewpoint, 0, _ALL, self.now)
                waiting = feed.waiting_for_entries(connection, viewpoint.viewpoint_id, _ALL, self.now)
            served = [entry.version_id for entry in entries]
            assert len(served) == len(set(served)), "a version has two places in one feed"
            assert not set(served) & set(waiting), "a version with a place waits for another"
            assert {*served, *waiting} == self.visible(number)
            assert self.lookers[number].back_fill_is_due or not waiting, "a version waits for a job that is done"
            _assert_ordered(entries)
            self._check_first_and_last(number, viewpoint, set(served))

    def _check_first_and_last(self, number: int, viewpoint: Viewpoint, served: set[int]) -> None:
        """Of each object that is seen, the newest version is the last and the oldest the first; it comes once it has a place."""
        visible = [one for one in self.versions if one.version_id in self.visible(number)]
        last = {one.stix_id: one.version_id for one in visible}
        first = {one.stix_id: one.version_id for one in reversed(visible)}
        for asked, expected in ((Versions(last=True), last), (Versions(first=True), first)):
            with self.database.read() as connection:
                window = Window(0, _ALL, self.now)
                found = [entry.version_id for entry in feed.page(connection, viewpoint, window, Filters(versions=asked))]
            assert sorted(found) == sorted(served & set(expected.values()))

    def settle(self) -> None:
        """Let all jobs finish and all readers read to the end; then nobody may lack anything."""
        self.release(_ALL)
        self.watch()
        for number, looker in enumerate(self.lookers):
            self._current(number)
            while looker.back_fill_is_due:
                self.back_fill(number, 2)
        for which, reader in enumerate(self.readers):
            while self.read(which, 3):
                pass
            lacking = self.visible(reader.looker) - reader.placed_before - {version_id for version_id, _ in reader.had}
            assert not lacking, "something visible was never served"
            _assert_ordered(reader.stream)
        self.check_feeds()


def _assert_ordered(entries: list[Entry]) -> None:
    for earlier, later in itertools.pairwise(entries):
        assert earlier.position < later.position
        assert earlier.added_at < later.added_at
