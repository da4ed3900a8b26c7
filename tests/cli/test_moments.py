"""Moments as options."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from app.cli.moments import MOMENT, MOMENT_OR_DAY

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-01T12:00:00Z", "2026-03-01T12:00Z", "2026-03-01 12:00:00.000000+00:00"])
def test_a_moment_is_utc(text: str) -> None:
    assert MOMENT.convert(text, None, None) == NOON
    assert MOMENT.convert(NOON, None, None) is NOON


@pytest.mark.parametrize("text", ["yesterday", "", "2026-03-01T12:00:00", "2026-03-01", "2026-03-01T12:00:00+02:00"])
def test_what_means_another_time_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="no moment in UTC"):
        MOMENT.convert(text, None, None)


def test_a_day_is_its_start_where_days_are_taken() -> None:
    assert MOMENT_OR_DAY.convert("2026-03-01", None, None) == NOON.replace(hour=0)
    assert MOMENT_OR_DAY.convert("2026-03-01T12:00:00Z", None, None) == NOON
    for text in ("2026-02-30", "2026-3-1"):
        with pytest.raises(click.BadParameter):
            MOMENT_OR_DAY.convert(text, None, None)
