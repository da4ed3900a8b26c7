from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from app.domain.vocabulary import Harm
from app.storage import counter, displacement, feed, objects, viewpoints
from app.storage.displacement import Displaced, Place
from app.storage.feed import Entry, Filters, Window
from app.storage.session import Database
from app.storage.viewpoints import Viewpoint
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER, READER

A, B, C = Harm.CSAM, Harm.LIVE_STREAMED_CSA, Harm.TRAFFICKING_RELATED
EVERYTHING = Filters()


def _page(database: Database, viewpoint: Viewpoint, after: int = 0, limit: int = 100, now: datetime = NOW) -> list[Entry]:
    with database.read() as connection:
        viewpoint = viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
        return feed.page(connection, viewpoint, Window(after, limit, now), EVERYTHING)


def _served(database: Database, viewpoint: Viewpoint, **window: Any) -> list[tuple[int, int]]:
    return [(entry.position, entry.version_id) for entry in _page(database, viewpoint, **window)]


def _back_fill(database: Database, viewpoint: Viewpoint, limit: int = 100) -> list[int]:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        waiting = feed.waiting_for_entries(connection, viewpoint.viewpoint_id, limit, NOW)
        feed.append_entries(connection, order, viewpoint.viewpoint_id, waiting, NOW)
        counter.save_order(connection, order)
    return waiting


def _sees(
    database: Database, gained: dict[int, int], viewpoint: Viewpoint | None = None, lost: list[int] | None = None
) -> Viewpoint:
    return samples.evaluated(database, viewpoint or samples.look(database), gained, lost or [])


@pytest.fixture
def published(exchange: Database) -> Database:
    """Versions 1 to 6 at places 1 to 6, in the classes 1, 2, 1, 2, 1, 2."""
    for harm in (A, B) * 3:
        samples.publish(exchange, [harm], samples.checked())
    return exchange


# --- the rule of places -------------------------------------------------------------------------------------------------------


def test_a_viewpoint_without_classes_sees_nothing(published: Database) -> None:
    assert _page(published, samples.look(published)) == []


def test_a_feed_has_what_is_seen_in_the_order_of_places(published: Database) -> None:
    assert _served(published, _sees(published, {2: 0})) == [(2, 2), (4, 4), (6, 6)]


def test_an_entry_says_when_it_was_added_and_in_which_class_it_is(published: Database) -> None:
    samples.publish(published, [A], samples.checked(owner_id=OTHER_OWNER), now=NOW + SECOND)
    assert _page(published, _sees(published, {3: 0})) == [Entry(7, NOW + SECOND, 7, 3)]


def test_viewpoints_do_not_share_what_they_see(published: Database) -> None:
    _sees(published, {1: 0, 2: 0})
    other = samples.look(published, samples.key_of(samples.OTHER_READER))
    assert _page(published, other) == []


def test_what_is_under_embargo_has_no_place(published: Database) -> None:
    samples.publish(published, [A], samples.checked(), release_at=NOW + DAY)
    assert _served(published, _sees(published, {1: 0})) == [(1, 1), (3, 3), (5, 5)]


def test_what_ends_is_seen_until_just_before(exchange: Database) -> None:
    samples.publish(exchange, [A], samples.checked(), visible_until=NOW + SECOND)
    viewpoint = _sees(exchange, {1: 0})
    assert _served(exchange, viewpoint, now=NOW) == [(1, 1)]
    assert _served(exchange, viewpoint, now=NOW + SECOND) == []


@pytest.fixture(params=[1, feed._BULK])
def bulk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let places be found as for exports, and as for pages."""
    monkeypatch.setattr(feed, "_BULK", request.param)


@pytest.mark.usefixtures("bulk")
def test_a_class_gained_late_counts_from_there(published: Database) -> None:
    assert _served(published, _sees(published, {1: 3, 2: 0})) == [(2, 2), (4, 4), (5, 5), (6, 6)]


@pytest.mark.usefixtures("bulk")
def test_what_a_late_class_held_before_comes_by_entries_oldest_first(published: Database) -> None:
    viewpoint = _sees(published, {1: 6, 2: 0})
    assert _back_fill(published, viewpoint, limit=2) == [1, 3]
    assert _served(published, viewpoint) == [(2, 2), (4, 4), (6, 6), (7, 1), (8, 3)]
    assert _back_fill(published, viewpoint, limit=2) == [5]
    assert _back_fill(published, viewpoint, limit=2) == []
    assert _served(published, viewpoint) == [(2, 2), (4, 4), (6, 6), (7, 1), (8, 3), (9, 5)]


@pytest.mark.usefixtures("bulk")
def test_general_places_and_entries_come_in_one_order(published: Database) -> None:
    viewpoint = _sees(published, {1: 6, 2: 0})
    _back_fill(published, viewpoint, limit=1)
    samples.publish(published, [A], samples.checked(), samples.checked())
    _back_fill(published, viewpoint, limit=1)
    samples.publish(published, [B], samples.checked())
    expected = [(2, 2), (4, 4), (6, 6), (7, 1), (8, 7), (9, 8), (10, 3), (11, 9)]
    assert _served(published, viewpoint) == expected
    assert _served(published, viewpoint, after=4, limit=3) == expected[2:5]


def test_a_version_read_from_an_entry_is_not_served_at_its_general_place_as_well(published: Database) -> None:
    one = samples.checked()
    samples.publish(published, [A], one)
    viewpoint = _sees(published, {1: 7, 2: 0})
    _back_fill(published, viewpoint)
    before = _served(published, viewpoint)
    _move(published, one.facts.stix_id, to_class=2)
    assert _served(published, viewpoint) == before


def test_entries_are_the_viewpoints_own(published: Database) -> None:
    other = _sees(published, {1: 0}, samples.look(published, samples.key_of(samples.OTHER_READER)))
    viewpoint = _sees(published, {1: 6})
    _back_fill(published, viewpoint)
    assert _served(published, other) == [(1, 1), (3, 3), (5, 5)]
    assert _served(published, viewpoint) == [(7, 1), (8, 3), (9, 5)]


def test_entries_have_dates_of_their_own(published: Database) -> None:
    viewpoint = _sees(published, {1: 6})
    _back_fill(published, viewpoint)
    with published.read() as connection:
        newest = counter.read_order(connection).added_at
    entries = _page(published, viewpoint)
    assert entries[-1].added_at == newest
    assert [entry.added_at for entry in entries] == sorted({entry.added_at for entry in entries})


@pytest.mark.usefixtures("bulk")
def test_a_lost_class_hides_its_entries_too(published: Database) -> None:
    viewpoint = _sees(published, {1: 6, 2: 0})
    _back_fill(published, viewpoint)
    _sees(published, {}, viewpoint, lost=[1])
    assert _served(published, viewpoint) == [(2, 2), (4, 4), (6, 6)]


@pytest.mark.usefixtures("bulk")
def test_what_is_lost_and_gained_again_comes_again_and_once(published: Database) -> None:
    viewpoint = _sees(published, {1: 6, 2: 0})
    _back_fill(published, viewpoint)
    _sees(published, {1: 9}, viewpoint, lost=[1])
    assert _served(published, viewpoint) == [(2, 2), (4, 4), (6, 6)]
    assert _back_fill(published, viewpoint) == [1, 3, 5]
    assert _served(published, viewpoint) == [(2, 2), (4, 4), (6, 6), (10, 1), (11, 3), (12, 5)]


def test_what_has_ended_or_is_under_embargo_waits_for_no_entry(exchange: Database) -> None:
    samples.publish(exchange, [A], samples.checked(), visible_until=NOW)
    samples.publish(exchange, [A], samples.checked(), release_at=NOW + DAY)
    [waits] = samples.publish(exchange, [A], samples.checked(), visible_until=NOW + SECOND)
    viewpoint = _sees(exchange, {1: 2})
    assert _back_fill(exchange, viewpoint) == [waits]


def test_appending_nothing_changes_nothing(published: Database) -> None:
    viewpoint = _sees(published, {1: 0})
    with published.write() as connection:
        order = counter.take_order_lock(connection)
        feed.append_entries(connection, order, viewpoint.viewpoint_id, [], NOW)
        assert order == counter.read_order(connection)
        assert not viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id).has_entries


def test_entries_are_written_for_several_viewpoints_at_once(published: Database) -> None:
    first, second = _sees(published, {1: 6}), _sees(published, {1: 6}, samples.look(published, samples.key_of(OWNER)))
    displaced = [Displaced(first.viewpoint_id, 3, None), Displaced(second.viewpoint_id, 1, Place(1, NOW + SECOND))]
    with published.write() as connection:
        order = counter.take_order_lock(connection)
        feed.give_places(connection, order, displaced, NOW + DAY)
        counter.save_order(connection, order)
    assert _page(published, first) == [Entry(7, NOW + DAY, 3, 1)]
    assert _page(published, second) == [Entry(1, NOW + SECOND, 1, 1)]


def _move(database: Database, stix_id: str, to_class: int) -> None:
    with database.write() as connection:
        order = counter.take_order_lock(connection)
        moved = objects.own_versions(connection, OWNER, {stix_id})
        displaced = displacement.displaced_by(connection, moved, to_class)
        ids, until = [one.version_id for one in moved], moved[0].visible_until
        objects.reclassify(connection, ids, to_class, until, order.next_moment(NOW))
        feed.give_places(connection, order, displaced, NOW)
        counter.save_order(connection, order)


def test_a_version_that_moves_into_a_class_gained_late_keeps_its_place(published: Database) -> None:
    one = samples.checked()
    samples.publish(published, [A], one)
    viewpoint = _sees(published, {1: 0, 2: 7})
    before = _served(published, viewpoint)
    _move(published, one.facts.stix_id, to_class=2)
    assert _served(published, viewpoint) == before
    # Its back-fill job brings what it gained, and not the version that was read already.
    assert _back_fill(published, viewpoint) == [2, 4, 6]
    assert [entry.version_id for entry in _page(published, viewpoint)] == [1, 3, 5, 7, 2, 4, 6]


def test_a_kept_place_ends_with_the_access(published: Database) -> None:
    one = samples.checked()
    samples.publish(published, [A], one)
    viewpoint = _sees(published, {1: 0, 2: 7})
    _move(published, one.facts.stix_id, to_class=2)
    _sees(published, {2: 9}, viewpoint, lost=[2])
    assert 7 not in [entry.version_id for entry in _page(published, viewpoint)]
    assert 7 in _back_fill(published, viewpoint)


def test_a_version_that_waits_and_moves_into_a_class_seen_from_the_start_comes_at_the_end(published: Database) -> None:
    one = samples.checked()
    samples.publish(published, [A], one)
    viewpoint = _sees(published, {1: 7, 2: 0})
    _move(published, one.facts.stix_id, to_class=2)
    assert _served(published, viewpoint, after=7) == [(9, 7)]
    assert _back_fill(published, viewpoint) == [1, 3, 5]


# --- windows ------------------------------------------------------------------------------------------------------------------


def test_pages_follow_one_another_without_gap_or_overlap(published: Database) -> None:
    viewpoint = _sees(published, {1: 6, 2: 0})
    _back_fill(published, viewpoint)
    for limit in range(1, 8):
        served: list[Entry] = []
        while page := _page(published, viewpoint, after=served[-1].position if served else 0, limit=limit):
            assert len(page) <= limit
            served += page
        assert served == _page(published, viewpoint)


def test_at_the_head_there_is_nothing_and_beyond_it_neither(published: Database) -> None:
    viewpoint = _sees(published, {1: 0, 2: 0})
    assert _page(published, viewpoint, after=6) == _page(published, viewpoint, after=10**15) == []


@pytest.mark.parametrize("limit", [1, 3, 10, 25, 60])
@pytest.mark.parametrize("back_filled", [False, True], ids=["general places", "with own entries"])
@pytest.mark.parametrize("far", [0, 100, feed._FAR])
def test_who_sees_little_gets_the_same_class_by_class(
    exchange: Database, monkeypatch: pytest.MonkeyPatch, limit: int, far: int, *, back_filled: bool
) -> None:
    # Two rare classes among many objects: the first stretches hold nothing, and one class has more than is read at first.
    monkeypatch.setattr(feed, "_FAR", far)
    hidden = [samples.checked() for _ in range(120)]
    samples.publish(exchange, [C], *hidden)
    rare = []
    for harm, many in ((A, 20), (B, 3), (C, 90), (A, 15), (B, 4), (C, 60), (B, 1)):
        ids = samples.publish(exchange, [harm], *[samples.checked() for _ in range(many)])
        rare += [] if harm is C else ids
    viewpoint = _sees(exchange, {2: 160 if back_filled else 0, 3: 0})
    if back_filled:
        moved = _back_fill(exchange, viewpoint)
        assert moved == rare[:20]
        rare = rare[20:] + moved
    served: list[Entry] = []
    while page := _page(exchange, viewpoint, after=served[-1].position if served else 0, limit=limit):
        assert len(page) == min(limit, len(rare) - len(served)), "a page was short though there is more"
        served += page
    assert [entry.version_id for entry in served] == rare


# --- look-ups -----------------------------------------------------------------------------------------------------------------


def test_versions_of_an_id_are_those_that_are_seen_by_owner_and_oldest_first(exchange: Database) -> None:
    stix_id = samples.new_id()
    for number, harm in ((3, A), (1, A), (2, B)):
        samples.publish(exchange, [harm], samples.checked(stix_id, version=f"2026-01-0{number}T00:00:00Z"))
    samples.publish(exchange, [A], samples.checked(stix_id, owner_id=OTHER_OWNER))
    samples.publish(exchange, [A], samples.checked())
    viewpoint = _sees(exchange, {1: 0, 3: 0})
    with exchange.read() as connection:
        found = feed.versions_of(connection, viewpoint, stix_id, NOW)
        assert feed.versions_of(connection, viewpoint, samples.new_id(), NOW) == []
    assert [(one.owner_id, one.version_id, one.version) for one in found] == [
        (OTHER_OWNER, 4, samples.VERSION),
        (OWNER, 2, "2026-01-01T00:00:00Z"),
        (OWNER, 1, "2026-01-03T00:00:00Z"),
    ]


def test_a_version_that_waits_for_its_entry_is_found_by_its_id(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [A], one)
    with exchange.read() as connection:
        assert len(feed.versions_of(connection, _sees(exchange, {1: 1}), one.facts.stix_id, NOW)) == 1


def test_what_has_ended_is_not_found_by_its_id(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [A], one, visible_until=NOW)
    with exchange.read() as connection:
        assert feed.versions_of(connection, _sees(exchange, {1: 0}), one.facts.stix_id, NOW) == []


def test_what_is_under_embargo_is_found_by_its_owner_alone(exchange: Database) -> None:
    one = samples.checked()
    samples.publish(exchange, [A], one, release_at=NOW + DAY)
    reader = _sees(exchange, {1: 0})
    owner = _sees(exchange, {1: 0}, samples.look(exchange, samples.key_of(OWNER)))
    with exchange.read() as connection:
        assert feed.versions_of(connection, reader, one.facts.stix_id, NOW) == []
        [found] = feed.versions_of(connection, owner, one.facts.stix_id, NOW)
    assert found.added_at is None
    assert reader.key.partner_id == READER
