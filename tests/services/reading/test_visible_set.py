from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import event, select

from app.domain.vocabulary import Channel, Harm, Purpose, Role, Sensitivity, Tlp
from app.services.reading import back_fill
from app.services.reading.visible_set import evaluate, looking, viewer_of
from app.storage import viewpoints
from app.storage.columns import FOREVER
from app.storage.counter import read_order
from app.storage.tables import feed_entry
from tests.factories.members import Hub, Member, as_seen_by_another_worker, at_once
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import context, indicator, newer

HARMS = tuple(Harm)
BUT_CSAM = frozenset(Harm) - {Harm.CSAM}


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("Platform B", Role.HOTLINE, jurisdiction="GB")


def about(*harms: Harm, **changes: Any) -> dict[str, Any]:
    """Give an indicator about these harms; other harms are another handling class."""
    return indicator(stated=context(harm_types=[str(harm) for harm in harms]), **changes)


def ids(objects: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in objects]


# --- when a visible set is evaluated --------------------------------------------------------------------------------------------


def _look(member: Member) -> tuple[dict[int, int], viewpoints.Viewpoint]:
    with looking(member.hub.exchange, member.reader().key, member.hub.clock.now) as look:
        return viewpoints.visible_classes(look.connection, look.viewpoint.viewpoint_id), look.viewpoint


def _position(hub: Hub) -> int:
    with hub.exchange.database.read() as connection:
        return read_order(connection).position


def _back_fills(hub: Hub) -> bool:
    """Whether anything got a place of a viewpoint's own."""
    with hub.exchange.database.read() as connection:
        return connection.execute(select(feed_entry)).first() is not None


def test_what_is_visible_at_the_first_look_counts_from_the_start(hub: Hub, publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA))
    classes, viewpoint = _look(reader)
    assert classes == {1: 0, 2: 0}
    assert (viewpoint.evaluated_to, viewpoint.agreement_version, viewpoint.valid_until) == (2, 1, FOREVER)
    assert not _back_fills(hub)


def test_a_new_class_is_asked_about_at_the_next_look(publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM))
    _look(reader)
    publisher.store(about(Harm.LIVE_STREAMED_CSA))
    assert _look(reader)[0] == {1: 0, 2: 0}


def test_a_look_that_finds_everything_current_writes_nothing(hub: Hub, publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM))
    before = _look(reader)
    written: list[object] = []
    event.listen(hub.exchange.database.engine, "begin", lambda connection: _reads(connection) or written.append(connection))
    assert _look(reader) == before
    assert written == []
    reader.agree()
    assert written


def _reads(connection: Any) -> bool:
    options = connection.get_execution_options()
    return bool(options.get("begin") == "DEFERRED" or options.get("postgresql_readonly"))


def test_what_a_wider_agreement_brings_counts_from_now_and_is_back_filled(hub: Hub, publisher: Member, reader: Member) -> None:
    reader.agree(harm_types=BUT_CSAM)
    publisher.store(about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA))
    assert _look(reader)[0] == {2: 0}
    reader.agree()
    before = _position(hub)
    classes, viewpoint = _look(reader)
    assert classes == {1: before, 2: 0}
    assert viewpoint.agreement_version == 3
    assert _back_fills(hub)


def test_what_a_narrower_agreement_takes_is_lost_at_once(publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA))
    assert _look(reader)[0] == {1: 0, 2: 0}
    reader.agree(harm_types=BUT_CSAM)
    assert _look(reader)[0] == {2: 0}


def test_each_purpose_channel_and_ceiling_has_a_visible_set_of_its_own(hub: Hub, publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM))
    reader.agree(purposes=frozenset({Purpose.DETECTION}), channels=frozenset({Channel.REST}))
    seen = {}
    for purpose, channel in itertools.product((Purpose.DETECTION, Purpose.AUDIT), (Channel.REST, Channel.PORTAL)):
        with looking(hub.exchange, reader.reader(purpose, channel).key, NOW) as look:
            seen[purpose, channel] = viewpoints.visible_classes(look.connection, look.viewpoint.viewpoint_id)
    assert [key for key, classes in seen.items() if classes] == [(Purpose.DETECTION, Channel.REST)]


def test_a_viewer_has_the_agreement_that_is_in_force_then(hub: Hub, reader: Member) -> None:
    reader.agree(starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    with hub.exchange.database.read() as connection:
        viewers = [viewer_of(connection, reader.partner, Tlp.AMBER, NOW + days * DAY) for days in range(3)]
    assert [one.agreement.version if one.agreement else None for one in viewers] == [1, 2, None]
    assert {(one.partner_id, one.role, one.jurisdiction, one.tlp_ceiling) for one in viewers} == {
        (reader.id, Role.HOTLINE, "GB", Tlp.AMBER)
    }


def test_two_that_look_first_at_once_make_one_viewpoint(hub: Hub, publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM))
    key = reader.reader().key

    def look() -> int:
        with hub.exchange.database.write() as connection:
            return evaluate(connection, key, NOW).viewpoint_id

    assert at_once(*[look] * 4) == [1] * 4


# --- dates of agreements --------------------------------------------------------------------------------------------------------


def test_an_agreement_that_starts_and_ends_by_date_does_so_without_anybodys_doing(
    hub: Hub, publisher: Member, reader: Member
) -> None:
    reader.agree(starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    reader.agree(starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    reader.agree(starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    (result,) = publisher.store(about(Harm.CSAM))
    seen = []
    for moment in (NOW, NOW + timedelta(hours=1), NOW + DAY - timedelta(microseconds=1), NOW + DAY, NOW + 2 * DAY):
        hub.clock.now = moment
        reader.page()  # whatever opens is found by somebody who looks, or by the work that was put down for the day
        hub.work()
        seen.append([one for one, _ in reader.sees()])
    assert seen == [[result.stix_id], [], [], [result.stix_id], []]


def test_what_an_agreement_opens_by_date_reaches_a_reader_with_an_old_cursor_once(
    hub: Hub, publisher: Member, reader: Member
) -> None:
    reader.agree(harm_types=BUT_CSAM)
    reader.agree(starts_at=NOW + DAY)
    first, second = about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA)
    publisher.store(first, second)
    had, cursor = reader.pull()
    assert ids(had) == [second["id"]]
    hub.clock.now = NOW + DAY
    hub.work()
    more, cursor = reader.pull(cursor)
    assert ids(more) == [first["id"]]
    assert reader.pull(cursor)[0] == []


# --- widening and narrowing while somebody reads --------------------------------------------------------------------------------


def test_what_a_wider_agreement_opens_reaches_old_and_fresh_readers_exactly_once(
    hub: Hub, publisher: Member, reader: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.agree(harm_types=BUT_CSAM)
    objects = [about(Harm.CSAM if number % 2 else Harm.LIVE_STREAMED_CSA) for number in range(8)]
    publisher.store(*objects)
    had, cursor = reader.pull(limit=3)
    assert ids(had) == ids(objects)[::2]
    reader.agree()
    with monkeypatch.context() as patched:
        patched.setattr(back_fill, "BATCH", 0)  # all is left to the work
        assert reader.pull(cursor)[0] == []
    later = about(Harm.CSAM)
    publisher.store(later)
    hub.work()
    more, cursor = reader.pull(cursor, limit=3)
    assert sorted(ids(more)) == sorted([*ids(objects)[1::2], later["id"]])
    assert reader.pull(cursor)[0] == []
    fresh = ids(reader.pull(limit=3)[0])
    assert sorted(fresh) == sorted([*ids(objects), later["id"]])


def test_a_back_fill_comes_with_dates_after_all_that_was_read(hub: Hub, publisher: Member, reader: Member) -> None:
    reader.agree(harm_types=BUT_CSAM)
    publisher.store(about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA))
    before = reader.page().last_added
    reader.agree()
    reader.page()
    hub.work()
    assert before is not None
    (body,) = reader.page(added_after=before).objects
    assert json.loads(body)["extensions"] == context(harm_types=["csam"]) | json.loads(body)["extensions"]


def test_what_is_taken_and_given_back_comes_again(hub: Hub, publisher: Member, reader: Member) -> None:
    one = about(Harm.CSAM)
    publisher.store(one)
    _, cursor = reader.pull()
    reader.agree(harm_types=BUT_CSAM)
    assert reader.pull(cursor)[0] == []
    assert reader.sees() == []
    reader.agree()
    reader.page()
    hub.work()
    assert ids(reader.pull(cursor)[0]) == [one["id"]]
    assert ids(reader.pull()[0]) == [one["id"]]


def test_what_is_taken_and_given_back_between_two_looks_comes_once(hub: Hub, publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM))
    _, cursor = reader.pull()
    reader.agree(harm_types=BUT_CSAM)
    reader.agree()
    hub.work()
    assert reader.pull(cursor)[0] == []


def test_a_version_that_was_moved_while_hidden_is_not_missed_when_it_opens(hub: Hub, publisher: Member, reader: Member) -> None:
    reader.agree(harm_types=BUT_CSAM)
    hidden, visible = about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA)
    publisher.store(hidden, visible)
    _, cursor = reader.pull()
    # The older version now lies in a class that nobody was asked about, at a place that the cursor has passed.
    publisher.store(newer(hidden, extensions=context(harm_types=["csam"], review="le-confirmed")))
    reader.agree()
    reader.page()
    hub.work()
    found, cursor = reader.pull(cursor)
    assert sorted(one["modified"] for one in found) == [hidden["modified"], "2026-01-06T10:00:00.000Z"]
    assert reader.pull(cursor)[0] == []


def test_a_version_that_was_moved_while_visible_does_not_come_twice(hub: Hub, publisher: Member, reader: Member) -> None:
    one, other = about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA)
    publisher.store(one, other)
    _, cursor = reader.pull()
    changed = newer(one, extensions=context(harm_types=["csam"], review="le-confirmed"))
    publisher.store(changed)
    reader.agree(purposes=frozenset({Purpose.DETECTION}))
    reader.page()
    hub.work()
    assert [one["modified"] for one in reader.pull(cursor)[0]] == [changed["modified"]]


def test_a_version_that_was_moved_when_an_agreement_started_by_date_does_not_come_twice_nor_get_lost(
    hub: Hub, publisher: Member, reader: Member
) -> None:
    reader.agree(harm_types=BUT_CSAM, ends_at=NOW + DAY)
    reader.agree(starts_at=NOW + DAY)
    hidden, visible, last = about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA), about(Harm.LIVE_STREAMED_CSA)
    publisher.store(hidden, visible, last)
    _, cursor = reader.pull()
    for one, harm in ((hidden, "csam"), (visible, "live-streamed-csa")):
        publisher.store(newer(one, extensions=context(harm_types=[harm], review="le-confirmed")))
    hub.clock.now = NOW + DAY
    hub.work()
    found = [(one["id"], one["modified"]) for one in reader.pull(cursor)[0]]
    later = "2026-01-06T10:00:00.000Z"
    assert sorted(found) == sorted([(hidden["id"], hidden["modified"]), (hidden["id"], later), (visible["id"], later)])


def test_a_version_that_is_moved_while_it_waits_for_its_back_fill_is_not_lost(
    hub: Hub, publisher: Member, reader: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.agree(harm_types=BUT_CSAM)
    opened, visible = about(Harm.CSAM), about(Harm.LIVE_STREAMED_CSA)
    publisher.store(opened, visible)
    _, cursor = reader.pull()
    reader.agree()
    with monkeypatch.context() as patched:
        patched.setattr(back_fill, "BATCH", 0)
        assert reader.pull(cursor)[0] == []  # the class is gained, its old versions wait for entries
    changed = newer(opened, extensions=context(harm_types=["csam"], review="le-confirmed"))
    publisher.store(changed)
    hub.work()
    found, cursor = reader.pull(cursor)
    assert sorted(one["modified"] for one in found) == [opened["modified"], changed["modified"]]
    assert reader.pull(cursor)[0] == []


def test_a_version_that_is_moved_into_a_class_gained_later_does_not_come_twice(
    hub: Hub, publisher: Member, reader: Member
) -> None:
    reader.agree(harm_types=BUT_CSAM)
    both = context(harm_types=["csam"])
    one, other = about(Harm.LIVE_STREAMED_CSA), about(Harm.LIVE_STREAMED_CSA)
    publisher.store(one, other)
    publisher.store(newer(other, extensions=both))  # its older version needs both handlings from now on
    had, cursor = reader.pull()
    assert ids(had) == [one["id"]]
    reader.agree()
    reader.page()
    hub.work()
    gained, cursor = reader.pull(cursor)
    assert ids(gained) == [other["id"]] * 2
    publisher.store(newer(one, extensions=both))
    reader.page()
    hub.work()
    assert [(found["id"], found["modified"]) for found in reader.pull(cursor)[0]] == [(one["id"], "2026-01-06T10:00:00.000Z")]


# --- many at once ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _before_each_snapshot(hub: Hub, act: Callable[[], object]) -> Iterator[None]:
    """Do something as another worker whenever this one begins to read."""
    acting = threading.Lock()

    def begin(connection: Any) -> None:
        if _reads(connection) and acting.acquire(blocking=False):
            try:
                act()
            finally:
                acting.release()

    event.listen(hub.exchange.database.engine, "begin", begin)
    try:
        yield
    finally:
        event.remove(hub.exchange.database.engine, "begin", begin)


def test_a_look_ends_and_misses_nothing_while_each_snapshot_shows_a_newer_class(
    hub: Hub, publisher: Member, reader: Member
) -> None:
    elsewhere = Hub(as_seen_by_another_worker(hub.exchange), hub.clock, hub.first_operator)
    publishing = Member(elsewhere, publisher.partner, publisher.token)
    publishing.key = publisher.key
    combinations = itertools.combinations(HARMS, 2)
    stored: list[str] = []

    def store_a_new_class() -> None:
        one = about(*next(combinations))
        publishing.store(one)
        stored.append(one["id"])

    reading = reader.reader()
    with _before_each_snapshot(hub, store_a_new_class):
        page = reader.page(of=reading)
    elsewhere.exchange.database.dispose()
    assert len(stored) == 3
    assert ids(list(map(json.loads, page.objects))) == stored


def _store_many(writer: Member) -> list[str]:
    return [_store_one(writer, harms) for harms in itertools.islice(itertools.combinations(HARMS, 3), 30)]


def _store_one(writer: Member, harms: tuple[Harm, ...]) -> str:
    one = about(*harms)
    writer.store(one)
    stored: str = one["id"]
    return stored


def _read_on(reader: Member, expected: int) -> list[str]:
    """Follow the feed until all that is expected has come, and once more."""
    cursor, seen, deadline = None, [], time.monotonic() + 120
    while len(seen) < expected and time.monotonic() < deadline:
        found, cursor = reader.pull(cursor, limit=7)
        seen += ids(found)
    return seen + ids(reader.pull(cursor)[0])


def test_while_many_write_new_classes_and_many_read_nothing_is_skipped_or_doubled(hub: Hub) -> None:
    writers = [hub.enrol(f"Writer {number}") for number in range(2)]
    readers = [hub.enrol(f"Reader {number}", Role.NGO) for number in range(2)]
    acts = [partial(_store_many, writer) for writer in writers] + [partial(_read_on, reader, 60) for reader in readers]
    *stored, first, second = cast("list[list[str]]", at_once(*acts))
    assert first == second
    assert sorted(first) == sorted(itertools.chain(*stored))
    for own in stored:
        assert [one for one in first if one in set(own)] == own


def test_policy_that_narrows_holds_on_every_worker_at_the_next_request(hub: Hub, publisher: Member, reader: Member) -> None:
    publisher.store(about(Harm.CSAM))
    elsewhere = Hub(as_seen_by_another_worker(hub.exchange), hub.clock, hub.first_operator)
    there = Member(elsewhere, reader.partner, reader.token)
    assert len(there.sees()) == len(reader.sees()) == 1
    reader.agree(sensitivities=frozenset({Sensitivity.AGGREGATE}))
    assert there.sees() == reader.sees() == []
    elsewhere.exchange.database.dispose()
