from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.usage import seconds_left_today, start_of_day

DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("passed", [timedelta(), timedelta(hours=12), timedelta(days=1, microseconds=-1)])
def test_a_day_is_one_of_utc(passed: timedelta) -> None:
    assert start_of_day(DAY + passed) == DAY


@pytest.mark.parametrize(
    ("passed", "left"),
    [(timedelta(), 86_400), (timedelta(hours=23), 3_600), (timedelta(days=1, microseconds=-1), 1)],
)
def test_the_next_day_begins_in_whole_seconds_and_never_at_once(passed: timedelta, left: int) -> None:
    assert seconds_left_today(DAY + passed) == left
