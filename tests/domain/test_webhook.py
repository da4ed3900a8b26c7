"""Ticks lie on a grid that depends on nothing but the cadence and the offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.webhook import CADENCES, next_tick

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("minutes", CADENCES)
def test_the_next_tick_is_later_and_no_later_than_a_cadence(minutes: int) -> None:
    step = timedelta(minutes=minutes)
    for offset in (0, 1, 59, 3_601):
        first = next_tick(minutes, offset, NOW)
        assert NOW < first <= NOW + step
        assert next_tick(minutes, offset, first) == first + step
        assert next_tick(minutes, offset, first - timedelta(microseconds=1)) == first


def test_the_offset_moves_the_grid() -> None:
    assert next_tick(5, 0, NOW) == NOW + timedelta(minutes=5)
    assert next_tick(5, 7, NOW) == NOW + timedelta(seconds=7)
    assert next_tick(5, 300 + 7, NOW) == NOW + timedelta(seconds=7)
