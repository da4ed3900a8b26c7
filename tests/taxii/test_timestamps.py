from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.stix_object import timestamp_key
from app.taxii.timestamps import instant, version_key

SAME = [
    "2026-01-05T10:00:00.25Z",
    "2026-01-05T10:00:00.250Z",
    "2026-01-05T10:00:00.25000000000000000000000000Z",
    "2026-01-05t10:00:00.25z",
    "2026-01-05T11:00:00.25+01:00",
    "2026-01-05T04:30:00.25-05:30",
    "2026-01-06T09:59:00.25+23:59",
    "2026-01-05T10:00:00.25-00:00",
]
NONE = [
    "",
    "2026-01-05",
    "2026-01-05T10:00:00",
    "2026-01-05 10:00:00Z",
    "2026-01-05T10:00Z",
    "2026-01-05T10:00:00.Z",
    "2026-01-05T10:00:00,5Z",
    "2026-01-05T10:00:00+0100",
    "2026-01-05T10:00:00+24:00",
    "2026-01-05T10:00:00+01:60",
    "2026-01-05T10:00:00 01:00",
    "2026-13-05T10:00:00Z",
    "2026-02-30T10:00:00Z",
    "2026-01-05T24:00:00Z",
    "2026-01-05T10:00:60Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "٢026-01-05T10:00:00Z",
    "2026-01-05T10:00:00Z\n",
    "1767607200",
    "yesterday",
]


@pytest.mark.parametrize("text", SAME)
def test_every_spelling_of_a_time_is_the_same_time(text: str) -> None:
    assert instant(text) == datetime(2026, 1, 5, 10, 0, 0, 250_000, UTC)
    assert version_key(text) == timestamp_key("2026-01-05T10:00:00.250Z")


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_time_is_none(text: str) -> None:
    assert instant(text) is None
    assert version_key(text) is None


def test_what_is_finer_than_microseconds_is_cut_off_for_dates_and_kept_for_versions() -> None:
    assert instant("2026-01-05T10:00:00.1234569Z") == datetime(2026, 1, 5, 10, 0, 0, 123_456, UTC)
    assert version_key("2026-01-05T10:00:00.1234569Z") == "2026-01-05T10:00:00.1234569"


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), st.integers(-23 * 60, 23 * 60))  # noqa: DTZ001  # naive, as hypothesis wants it
def test_any_time_is_read_as_python_reads_it(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert instant(aware.astimezone(timezone(timedelta(minutes=minutes))).isoformat()) == aware
    text = aware.replace(tzinfo=None).isoformat() + "Z"
    assert version_key(text) == timestamp_key(text)


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    assert (instant(text) is None) == (version_key(text) is None)
