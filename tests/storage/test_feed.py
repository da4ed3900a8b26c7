"""What a viewpoint may see, in the order of its feed: direct examples. Histories are in ``test_feed_histories.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from app.domain.stix_object import CheckedObject, timestamp_key
from app.domain.vocabulary import Harm
from app.storage import counter, feed, objects, viewpoints
from app.storage.feed import Entry, Filters, VisibleVersion, Window
from app.storage.objects import Displaced, Place
from app.storage.session import Database
from app.storage.viewpoints import Viewpoint
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OTHER_READER, OWNER, VERSION

SEEN, HIDDEN = Harm.CSAM, Harm.LIVE_STREAMED_CSA
LATER = "2026-01-02T00:00:00Z"


@dataclass
class Bed:
    """An exchange with one viewpoint that sees the class of ``SEEN`` from its start, and no other."""

    database: Database
    viewpoint: Viewpoint
    hidden_class: int

    def page(self, after: int = 0, limit: int = 100, now: datetime = NOW, filters: Filters | None = None) -> list[Entry]:
        with self.database.read() as connection:
            current = viewpoints.viewpoint_by_id(connection, self.viewpoint.viewpoint_id)
            return feed.page(connection, current, Window(after, limit, now), filters or Filters())

    def ids(self, after: int = 0, limit: int = 100, now: datetime = NOW, **filters: object) -> list[int]:
        return [entry.version_id for entry in self.page(after, limit, now, Filters(**filters))]

    def publish(self, *made: CheckedObject, harm: Harm = SEEN, **differences: datetime) -> list[int]:
        return samples.publish(self.database, [harm], *made or [samples.checked()], **differences)

    def gain_hidden(self) -> int:
        """Let the hidden class become visible from where the feed stands. Gives that position."""
        with self.database.read() as connection:
            head = counter.read_order(connection).position
        samples.evaluated(self.database, self.viewpoint, {self.hidden_class: head})
        return head

    def waiting(self, limit: int = 100, now: datetime = NOW) -> list[int]:
        with self.database.read() as connection:
            return feed.waiting_for_entries(connection, self.viewpoint.viewpoint_id, limit, now)

    def append(self, version_ids: Sequence[int]) -> None:
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            feed.append_entries(connection, order, self.viewpoint.viewpoint_id, version_ids, NOW)
            counter.save_order(connection, order)

    def give(self, *displaced: Displaced) -> None:
        with self.database.write() as connection:
            order = counter.take_order_lock(connection)
            feed.give_places(connection, order, displaced, NOW)
            counter.save_order(connection, order)

    def versions_of(self, stix_id: str, viewpoint: Viewpoint | None = None, now: datetime = NOW) -> list[VisibleVersion]:
        with self.database.read() as connection:
            return feed.versions_of(connection, viewpoint or self.viewpoint, stix_id, now)


@pytest.fixture
def bed(exchange: Database) -> Bed:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        seen, theirs, hidden = (
            samples.class_id_of(connection, order, SEEN),
            samples.class_id_of(connection, order, SEEN, owner_id=OTHER_OWNER),
            samples.class_id_of(connection, order, HIDDEN),
        )
        counter.save_order(connection, order)
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {seen: 0, theirs: 0})
    return Bed(exchange, viewpoint, hidden)


# --- pages ------------------------------------------------------------------------------------------------------------------


def test_a_page_has_what_is_visible_in_the_order_of_its_places(bed: Bed) -> None:
    first, second = bed.publish(samples.checked(), samples.checked(owner_id=OTHER_OWNER))

    page = bed.page()
    assert [(one.position, one.version_id, one.owner_id) for one in page] == [(1, first, OWNER), (2, second, OTHER_OWNER)]
    assert page[0].added_at < page[1].added_at


def test_what_is_hidden_is_passed_over(bed: Bed) -> None:
    [before] = bed.publish()
    bed.publish(harm=HIDDEN)
    [behind] = bed.publish()

    assert bed.ids() == [before, behind]


def test_a_viewpoint_that_sees_nothing_has_empty_pages(bed: Bed) -> None:
    bed.publish()
    blind = samples.look(bed.database, samples.key_of(OTHER_READER))

    with bed.database.read() as connection:
        assert feed.page(connection, blind, Window(0, 10, NOW), Filters()) == []


def test_pages_follow_each_other_without_gap_or_double(bed: Bed) -> None:
    ids = bed.publish(*(samples.checked() for _ in range(7)))

    read, after = [], 0
    while page := bed.page(after, limit=3):
        read.append([one.version_id for one in page])
        after = page[-1].position
    assert read == [ids[:3], ids[3:6], ids[6:]]


def test_a_page_is_full_however_much_hidden_lies_before_it(bed: Bed) -> None:
    bed.publish(*(samples.checked() for _ in range(30)), harm=HIDDEN)
    ids = bed.publish(*(samples.checked() for _ in range(20)))

    assert bed.ids(limit=1) == ids[:1]
    assert bed.ids(limit=12) == ids[:12]


@pytest.mark.parametrize(("now", "count"), [(NOW + DAY - SECOND, 1), (NOW + DAY, 0)])
def test_what_ended_is_not_in_a_page(bed: Bed, now: datetime, count: int) -> None:
    bed.publish(visible_until=NOW + DAY)

    assert len(bed.page(now=now)) == count


def test_what_is_under_embargo_has_no_place_until_it_is_released(bed: Bed) -> None:
    [version_id] = bed.publish(release_at=NOW + DAY)
    [later] = bed.publish()
    before = bed.ids(now=NOW + 2 * DAY)
    with bed.database.write() as connection:
        order = counter.take_order_lock(connection)
        objects.release_embargoed(connection, order, NOW + DAY, 10)
        counter.save_order(connection, order)

    assert before == [later]
    assert bed.ids(now=NOW + 2 * DAY) == [later, version_id]


# --- filters ----------------------------------------------------------------------------------------------------------------

KEY = timestamp_key
PLAIN = samples.checked("indicator--00000000-0000-4000-8000-00000000a001")
REPORT = samples.checked(
    "report--00000000-0000-4000-8000-00000000a002",
    version=LATER,
    facets=[("harm", "csam"), ("surface", "voice"), ("surface", "search")],
    confidence=80,
    valid=(VERSION, None),
)
THEIRS = samples.checked(
    "indicator--00000000-0000-4000-8000-00000000a003",
    owner_id=OTHER_OWNER,
    facets=[("surface", "forum")],
    confidence=30,
    valid=(VERSION, LATER),
)
# The three are added a second apart, the first at NOW; a filter stands beside what it lets through.
FILTERED = [
    ({}, "PRT"),
    ({"stix_ids": frozenset({PLAIN.facts.stix_id, THEIRS.facts.stix_id})}, "PT"),
    ({"stix_ids": frozenset({samples.new_id()})}, ""),
    ({"types": frozenset({"report"})}, "R"),
    ({"types": frozenset({"report", "indicator"})}, "PRT"),
    ({"owner_ids": frozenset({OTHER_OWNER})}, "T"),
    ({"facets": (("surface", frozenset({"voice", "forum"})),)}, "RT"),
    ({"facets": (("surface", frozenset({"voice"})), ("harm", frozenset({"csam"})))}, "R"),
    ({"facets": (("surface", frozenset({"forum"})), ("harm", frozenset({"csam"})))}, ""),
    ({"facets": (("harm", frozenset({"voice"})),)}, ""),
    ({"minimum_confidence": 30}, "RT"),
    ({"minimum_confidence": 31}, "R"),
    ({"minimum_confidence": 0}, "RT"),
    ({"modified_after": KEY(VERSION)}, "R"),
    ({"modified_before": KEY(LATER)}, "PT"),
    ({"valid_at": KEY(VERSION)}, "RT"),
    ({"valid_at": KEY(LATER)}, "R"),
    ({"valid_at": KEY("2025-12-31T23:59:59Z")}, ""),
    ({"added_after": NOW - DAY}, "PRT"),
    ({"added_after": NOW}, "RT"),
    ({"added_before": NOW + DAY}, "PRT"),
    ({"added_before": NOW + SECOND}, "P"),
    ({"added_after": NOW, "added_before": NOW + 2 * SECOND}, "R"),
    ({"types": frozenset({"indicator"}), "owner_ids": frozenset({OWNER})}, "P"),
]


@pytest.mark.parametrize("of_its_own", [False, True], ids=["general places", "own places"])
def test_filters_narrow_a_page(bed: Bed, *, of_its_own: bool) -> None:
    letters = {}
    start = NOW - 2 * SECOND if of_its_own else NOW
    for number, (letter, one) in enumerate({"P": PLAIN, "R": REPORT, "T": THEIRS}.items()):
        [version_id] = bed.publish(one, now=start if of_its_own else NOW + number * SECOND)
        letters[version_id] = letter
    if of_its_own:
        with bed.database.write() as connection:
            order = counter.take_order_lock(connection)
            for number, version_id in enumerate(letters):
                feed.append_entries(connection, order, bed.viewpoint.viewpoint_id, [version_id], NOW + number * SECOND)
            counter.save_order(connection, order)
    first = bed.page()[0].added_at
    assert abs(first - NOW) < SECOND / 2

    found = [(filters, "".join(letters[one] for one in bed.ids(**_from(filters, first)))) for filters, _ in FILTERED]

    assert found == FILTERED


def _from(filters: dict[str, object], first: datetime) -> dict[str, object]:
    """The first place is some microseconds after ``NOW``: "after NOW" means after it."""
    return filters | {name: max(filters[name], first) for name in ("added_after",) if filters.get(name) == NOW}


def test_filters_never_show_what_is_hidden(bed: Bed) -> None:
    one = samples.checked()
    bed.publish(one, harm=HIDDEN)

    assert bed.ids(stix_ids=frozenset({one.facts.stix_id})) == []


# --- places of a viewpoint's own --------------------------------------------------------------------------------------------


def test_what_a_class_held_before_it_was_gained_waits_for_entries(bed: Bed) -> None:
    old = bed.publish(samples.checked(), samples.checked(), harm=HIDDEN)
    bed.gain_hidden()
    [new] = bed.publish(harm=HIDDEN)

    assert bed.ids() == [new]
    assert bed.waiting() == old
    assert bed.waiting(limit=1) == old[:1]


def test_what_ended_meanwhile_does_not_wait(bed: Bed) -> None:
    bed.publish(harm=HIDDEN, visible_until=NOW)
    bed.gain_hidden()

    assert bed.waiting() == []


def test_entries_come_at_the_end_of_the_feed(bed: Bed) -> None:
    old = bed.publish(harm=HIDDEN)
    head = bed.gain_hidden()
    [new] = bed.publish()
    bed.append(old)

    assert bed.ids(after=head) == [new, *old]
    assert bed.waiting() == []


def test_an_entry_replaces_the_general_place(bed: Bed) -> None:
    moved, stays = bed.publish(samples.checked(), samples.checked())
    bed.append([moved])

    assert [(one.version_id, one.position) for one in bed.page()] == [(stays, 2), (moved, 3)]


def test_an_entry_is_that_of_one_viewpoint(bed: Bed) -> None:
    ids = bed.publish(samples.checked(), samples.checked())
    other = samples.evaluated(bed.database, samples.look(bed.database, samples.key_of(OTHER_READER)), {1: 0})
    bed.append(ids[:1])

    with bed.database.read() as connection:
        assert [one.version_id for one in feed.page(connection, other, Window(0, 10, NOW), Filters())] == ids


def test_an_entry_that_was_written_before_the_class_was_gained_again_does_not_count(bed: Bed) -> None:
    old = bed.publish(harm=HIDDEN)
    bed.gain_hidden()
    bed.append(old)
    samples.evaluated(bed.database, bed.viewpoint, {}, lost=[bed.hidden_class])
    lost = bed.ids()
    bed.gain_hidden()

    assert (lost, bed.ids(), bed.waiting()) == ([], [], old)
    bed.append(old)
    assert (bed.ids(), bed.waiting()) == (old, [])


def test_an_entry_may_keep_an_earlier_place(bed: Bed) -> None:
    moved, second = bed.publish(samples.checked(), samples.checked())
    place = bed.page()[0]
    samples.evaluated(bed.database, bed.viewpoint, {bed.hidden_class: 2})
    with bed.database.write() as connection:
        objects.reclassify(connection, [moved], bed.hidden_class, NOW + DAY)
    bed.give(Displaced(bed.viewpoint.viewpoint_id, moved, Place(place.position, place.added_at)))

    assert bed.ids() == [moved, second]
    assert bed.page()[0] == place
    assert bed.waiting() == []


def test_no_entries_are_nothing_to_write(bed: Bed) -> None:
    bed.give()

    with bed.database.read() as connection:
        assert not viewpoints.viewpoint_by_id(connection, bed.viewpoint.viewpoint_id).has_entries
        assert counter.read_order(connection).position == 0


def test_own_and_general_places_are_merged_within_the_limit(bed: Bed) -> None:
    old = bed.publish(*(samples.checked() for _ in range(3)), harm=HIDDEN)
    bed.gain_hidden()
    expected = []
    for one in old:
        expected += bed.publish()
        bed.append([one])
        expected.append(one)

    assert bed.ids() == expected
    for limit in range(1, 7):
        assert bed.ids(limit=limit) == expected[:limit]


# --- looking up -------------------------------------------------------------------------------------------------------------


def test_the_versions_of_an_id_come_by_owner_and_oldest_first(bed: Bed) -> None:
    stix_id = samples.new_id()
    made = [samples.checked(stix_id, version=LATER), samples.checked(stix_id), samples.checked(stix_id, owner_id=OTHER_OWNER)]
    new, old, theirs = bed.publish(*made)

    found = bed.versions_of(stix_id)
    by_owner = [(OTHER_OWNER, theirs, VERSION), (OWNER, old, VERSION), (OWNER, new, LATER)]
    assert [(one.owner_id, one.version_id, one.version) for one in found] == by_owner


def test_hidden_ended_and_absent_are_all_nothing(bed: Bed) -> None:
    hidden, ended = samples.checked(), samples.checked()
    bed.publish(hidden, harm=HIDDEN)
    bed.publish(ended, visible_until=NOW)

    assert [bed.versions_of(one) for one in (hidden.facts.stix_id, ended.facts.stix_id, samples.new_id())] == [[], [], []]


def test_what_was_gained_late_is_found_before_it_has_an_entry(bed: Bed) -> None:
    one = samples.checked()
    [version_id] = bed.publish(one, harm=HIDDEN)
    bed.gain_hidden()

    assert [found.version_id for found in bed.versions_of(one.facts.stix_id)] == [version_id]


def test_what_is_under_embargo_is_found_by_its_owner_alone(bed: Bed) -> None:
    one = samples.checked()
    [version_id] = bed.publish(one, release_at=NOW + DAY)
    owners = samples.evaluated(bed.database, samples.look(bed.database, samples.key_of(OWNER)), {1: 0})

    assert bed.versions_of(one.facts.stix_id) == []
    [found] = bed.versions_of(one.facts.stix_id, owners)
    assert found == VisibleVersion(version_id, OWNER, VERSION, timestamp_key(VERSION), None)


def test_contents_are_the_bytes_that_were_stored(bed: Bed) -> None:
    first, second = samples.checked(), samples.checked()
    ids = bed.publish(first, second)

    with bed.database.read() as connection:
        assert feed.contents(connection, [*ids, 99]) == {
            ids[0]: first.verified.parsed.content,
            ids[1]: second.verified.parsed.content,
        }
        assert feed.contents(connection, []) == {}
