from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.domain.errors import MalformedInputError
from app.domain.export import Schedule
from app.services.exporting.schedule import check_schedule, longest_gap, next_due, next_export, snapshot_is_due
from tests.factories.exports import definition

AMSTERDAM = "Europe/Amsterdam"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due_times(cron: str, after: str, count: int, zone: str = AMSTERDAM) -> list[datetime]:
    found = [at(after)]
    for _ in range(count):
        found.append(next_due(Schedule(cron, zone), found[-1]))
    return found[1:]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "due"),
    [
        ("*/5 * * * *", "UTC", "2026-03-01 10:00:00", "2026-03-01 10:05:00"),
        ("*/5 * * * *", "UTC", "2026-03-01 10:04:59.999999", "2026-03-01 10:05:00"),
        ("30 2 * * *", AMSTERDAM, "2026-01-10 00:00", "2026-01-10 01:30"),
        ("30 2 * * *", AMSTERDAM, "2026-07-10 00:00", "2026-07-10 00:30"),
        ("0 6 * * mon-fri", "UTC", "2026-03-06 06:00", "2026-03-09 06:00"),
        ("0 0 29 2 *", "UTC", "2026-03-06 06:00", "2028-02-29 00:00"),
        ("0 0 L * *", "UTC", "2026-02-06 06:00", "2026-02-28 00:00"),
        ("15 12 * * *", "Asia/Kathmandu", "2026-02-06 00:00", "2026-02-06 06:30"),
    ],
)
def test_what_is_due_next_is_told_in_utc(cron: str, zone: str, after: str, due: str) -> None:
    assert next_due(Schedule(cron, zone), at(after)) == at(due)


def test_an_hour_that_comes_twice_fires_once() -> None:
    # 2026-10-25 in Amsterdam: 03:00 is 02:00 once more.
    assert due_times("30 2 * * *", "2026-10-24 12:00", 2) == [at("2026-10-25 00:30"), at("2026-10-26 01:30")]
    for moment in ("2026-10-25 00:30", "2026-10-25 01:00", "2026-10-25 01:15", "2026-10-25 01:45"):
        assert due_times("30 2 * * *", moment, 1) == [at("2026-10-26 01:30")]


def test_an_hour_that_is_left_out_fires_at_the_end_of_the_gap() -> None:
    # 2026-03-29 in Amsterdam: 02:00 is 03:00.
    assert due_times("30 2 * * *", "2026-03-28 12:00", 2) == [at("2026-03-29 01:00"), at("2026-03-30 00:30")]


@pytest.mark.parametrize("night", ["2026-03-28 23:00", "2026-10-24 22:00"])
def test_every_five_minutes_goes_on_through_both_nights(night: str) -> None:
    found = due_times("*/5 * * * *", night, 100)
    assert {later - earlier for earlier, later in pairwise(found)} == {5 * MINUTE}


@pytest.mark.parametrize("cron", ["30 2 * * *", "0 */2 * * *", "0,30 1-3 * * *", "*/15 2 * * *", "7 * * * *"])
def test_due_times_only_ever_grow(cron: str) -> None:
    moment = at("2026-10-24 20:00")
    while moment < at("2026-10-25 12:00"):
        assert next_due(Schedule(cron, AMSTERDAM), moment) > moment
        moment += 7 * MINUTE


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "@daily",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "*/0 * * * *",
        "5-1 * * * *",
        "* * * *  *",
        " * * * * *",
        "* * * * *\n",
        "* * * * \u0663",
        "0 0 30 2 *",
        ",".join(["1"] * 60) + " * * * *",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 1,2,3,4,5,6,7,8,9,10,11,12,13 1 1",
    ],
)
def test_what_is_no_cron_of_five_fields_is_refused(cron: str) -> None:
    with pytest.raises(MalformedInputError) as caught:
        check_schedule(Schedule(cron), "/snapshots")
    assert caught.value.pointer == "/snapshots"
    assert cron not in caught.value.sentence or not cron


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "europe/amsterdam\n", "a" * 70]
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(MalformedInputError) as caught:
        check_schedule(Schedule("0 3 * * *", zone), "/snapshots")
    assert caught.value.pointer == "/time_zone"


def test_what_is_never_due_is_refused() -> None:
    with pytest.raises(MalformedInputError, match="never"):
        check_schedule(Schedule("0 0 */30 2 mon#3"), "/deltas")
    with pytest.raises(ValueError, match="no schedule"):
        next_due(Schedule("nonsense"), at("2026-01-01"))


def test_a_schedule_that_is_due_some_time_passes() -> None:
    for zone in ("UTC", AMSTERDAM, "America/Argentina/Buenos_Aires", "Etc/GMT+5"):
        check_schedule(Schedule("0 3 * * *", zone), "/snapshots")


@pytest.mark.parametrize(
    ("cron", "gap"),
    [
        ("*/5 * * * *", 5 * MINUTE),
        ("0 9-17 * * mon-fri", 64 * HOUR),
        ("0 3 * * sun", 7 * DAY),
        ("0 0 1 * *", 31 * DAY),
    ],
)
def test_the_longest_gap_spans_weekends_and_months(cron: str, gap: timedelta) -> None:
    assert longest_gap(Schedule(cron), at("2026-03-04 10:00")) == gap


def test_the_longest_day_has_twenty_five_hours() -> None:
    assert longest_gap(Schedule("30 2 * * *", AMSTERDAM), at("2026-10-24 00:00")) == 25 * HOUR


@pytest.mark.parametrize(
    ("cron", "count"), [("*/20 * * * *", 600), ("0,30 1-3 * * *", 60), ("*/15 2 * * *", 60), ("7 3 * * sat,sun", 20)]
)
def test_the_longest_gap_is_one_between_due_times_that_follow_each_other(cron: str, count: int) -> None:
    start = at("2026-03-24 00:00")
    found = due_times(cron, "2026-03-24 00:00", count)
    within = sum(1 for one in found if one < start + 8 * DAY) + 1
    looked_at = found[: max(14, within)]
    assert longest_gap(Schedule(cron, AMSTERDAM), start) == max(later - earlier for earlier, later in pairwise(looked_at))


def test_what_is_due_every_few_years_is_not_looked_for_further() -> None:
    assert longest_gap(Schedule("0 0 29 2 *"), at("2026-03-04 10:00")) == 1461 * DAY


def test_an_export_is_due_whenever_one_of_its_schedules_is() -> None:
    nightly, often = Schedule("0 3 * * *"), Schedule("*/5 * * * *")
    moment = at("2026-03-04 02:58")
    assert next_export(definition(snapshots=nightly, deltas=None), moment) == at("2026-03-04 03:00")
    assert next_export(definition(snapshots=nightly, deltas=often), at("2026-03-04 03:00")) == at("2026-03-04 03:05")
    assert next_export(definition(snapshots=None, deltas=often), moment) == at("2026-03-04 03:00")


def test_a_snapshot_is_due_first_when_wanted_and_by_its_schedule() -> None:
    nightly = definition(snapshots=Schedule("0 3 * * *"), deltas=Schedule("*/5 * * * *"), snapshot_wanted=False)
    before, after = at("2026-03-04 02:55"), at("2026-03-04 03:00:01")
    assert snapshot_is_due(nightly, None, before)
    assert snapshot_is_due(nightly, before, after)
    assert not snapshot_is_due(nightly, after, at("2026-03-04 03:05"))
    assert snapshot_is_due(definition(snapshots=None, deltas=Schedule("*/5 * * * *"), snapshot_wanted=True), after, after)
    assert not snapshot_is_due(definition(snapshots=None, snapshot_wanted=False), before, before + 30 * DAY)
