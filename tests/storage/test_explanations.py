"""When a version counts for its readers, read beside the feed that gives it; and how many versions each class holds."""

from __future__ import annotations

import pytest

from app.domain.vocabulary import Channel, Harm, Purpose, Tlp
from app.services.reading import back_fill
from app.storage import explanations, feed, objects
from app.storage.explanations import Counting, Times
from app.storage.feed import Filters, Window
from app.storage.viewpoints import ViewpointKey, find_viewpoint
from tests.factories.members import DAY, NOW, Hub, started_hub
from tests.factories.stix_objects import indicator, newer


def times(hub: Hub, stix_id: str) -> Times:
    with hub.exchange.database.read() as connection:
        [head] = objects.heads_of(connection, [stix_id])
        return explanations.times_of(connection, [head.version_id])[head.version_id]


def counting(hub: Hub, asked: Times) -> list[Counting]:
    with hub.exchange.database.read() as connection:
        return explanations.counting_from(connection, asked, Channel.PORTAL)


def test_the_moment_is_that_of_the_readers_own_feed(database_url: str) -> None:
    with started_hub(database_url) as hub:
        author, reader = hub.enrol("Author"), hub.enrol("Reader")
        first, second = indicator(), indicator()
        author.store(first)
        asked = times(hub, first["id"])
        assert counting(hub, asked) == []  # nobody looked
        reader.page()
        assert counting(hub, asked) == [Counting(reader.id, Purpose.DETECTION, asked.added_at)]
        reader.agree(harm_types=frozenset())
        reader.page()
        assert counting(hub, asked) == [Counting(reader.id, Purpose.DETECTION, None)]
        author.store(second)
        hub.clock.pass_time(DAY)
        reader.agree()
        reader.page()
        key = ViewpointKey(reader.id, Purpose.DETECTION, Channel.PORTAL, Tlp.RED)
        with hub.exchange.database.read() as connection:
            viewpoint = find_viewpoint(connection, key)
            assert viewpoint is not None
            given = {
                one.version_id: one.added_at for one in feed.page(connection, viewpoint, Window(0, 99, hub.clock.now), Filters())
            }
        for value in (first, second):
            asked = times(hub, value["id"])
            assert asked.added_at is not None
            assert counting(hub, asked)[0].since == given[asked.version_id] > asked.added_at


def test_an_entry_from_before_the_class_was_lost_does_not_count_when_it_comes_back(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started_hub(sqlite_url) as hub:
        author, reader = hub.enrol("Author"), hub.enrol("Reader")
        values = [indicator(), indicator()]
        author.store(*values)
        for harms in (frozenset[Harm](), frozenset(Harm), frozenset[Harm]()):
            reader.agree(harm_types=harms)
            reader.page()
        monkeypatch.setattr(back_fill, "BATCH", 1)
        reader.agree()
        reader.page()
        first, second = (counting(hub, times(hub, one["id"]))[0].since for one in values)
        assert first is not None
        assert second is None  # it waits for the next batch
        hub.work()
        assert counting(hub, times(hub, values[1]["id"]))[0].since is not None


def test_a_class_that_is_newer_than_the_last_look_counts_from_its_start(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        author, reader = hub.enrol("Author"), hub.enrol("Reader")
        author.store(indicator())
        reader.page()
        value = indicator(object_marking_refs=[author.mark_for(reader)])
        author.store(value)
        asked = times(hub, value["id"])
        assert counting(hub, asked) == [Counting(reader.id, Purpose.DETECTION, asked.added_at)]


def test_times_are_those_of_the_version(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        author = hub.enrol("Author")
        value = indicator(object_marking_refs=[author.mark(release_at="2026-03-05T00:00:00Z")])
        author.store(value)
        asked = times(hub, value["id"])
        assert (asked.stix_id, asked.version, asked.position, asked.added_at) == (value["id"], value["modified"], None, None)
        assert asked.release_at is not None


def test_versions_are_counted_by_class_while_readers_may_have_them(database_url: str) -> None:
    with started_hub(database_url) as hub:
        author = hub.enrol("Author")
        value = indicator()
        author.store(value, indicator(), newer(value))
        author.store(indicator(object_marking_refs=[author.mark(expires_at="2026-03-01T13:00:00Z")]))
        author.store(indicator(object_marking_refs=[author.mark(release_at="2026-03-05T00:00:00Z")]))
        with hub.exchange.database.read() as connection:
            now, then = (explanations.versions_in_classes(connection, NOW + days * DAY) for days in (0, 1))
        assert now[times(hub, value["id"]).class_id] == 4
        assert sum(now.values()) - sum(then.values()) == 2  # what expired: the object, and its marking
