"""Keeps the comparison of STIX timestamps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater_client.stix_values import timestamp_key

NOON = "2026-03-01T12:00:00"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param(NOON + "Z", NOON, id="no fraction"),
        pytest.param(NOON + ".0Z", NOON, id="a fraction of nothing"),
        pytest.param(NOON + ".000000Z", NOON, id="a longer fraction of nothing"),
        pytest.param(NOON + ".120Z", NOON + ".12", id="trailing zeros"),
        pytest.param(NOON + ".12Z", NOON + ".12", id="the same without"),
        pytest.param(NOON + ".001Z", NOON + ".001", id="leading zeros stay"),
        pytest.param(NOON + ".1234567890123Z", NOON + ".1234567890123", id="finer than a microsecond"),
        pytest.param(f"{NOON}.{'1' * 20}Z", f"{NOON}.{'1' * 20}", id="twenty digits"),
        pytest.param("2024-02-29T00:00:00Z", "2024-02-29T00:00:00", id="a leap day"),
        pytest.param("0001-01-01T00:00:00Z", "0001-01-01T00:00:00", id="the first year"),
        pytest.param("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999", id="the last second"),
    ],
)
def test_a_timestamp_has_a_key(text: str, key: str) -> None:
    assert timestamp_key(text) == key


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("2026-03-01", id="a date alone"),
        pytest.param(NOON, id="no zone"),
        pytest.param(NOON + ".Z", id="an empty fraction"),
        pytest.param(f"{NOON}.{'1' * 21}Z", id="twenty-one digits"),
        pytest.param(f"{NOON}.{'0' * 21}Z", id="twenty-one zeros"),
        pytest.param(NOON + "+00:00", id="an offset"),
        pytest.param(NOON + "z", id="a small z"),
        pytest.param("2026-03-01t12:00:00Z", id="a small t"),
        pytest.param("2026-03-01 12:00:00Z", id="a blank for T"),
        pytest.param(NOON + ",5Z", id="a comma"),
        pytest.param(NOON + "Z\n", id="a line feed after it"),
        pytest.param(" " + NOON + "Z", id="a blank before it"),
        pytest.param("2026-02-29T12:00:00Z", id="no leap day"),
        pytest.param("2026-02-30T12:00:00Z", id="the thirtieth of February"),
        pytest.param("2026-13-01T12:00:00Z", id="a thirteenth month"),
        pytest.param("2026-00-01T12:00:00Z", id="month zero"),
        pytest.param("2026-03-00T12:00:00Z", id="day zero"),
        pytest.param("0000-03-01T12:00:00Z", id="year zero"),
        pytest.param("2026-03-01T24:00:00Z", id="hour 24"),
        pytest.param("2026-03-01T12:60:00Z", id="minute 60"),
        pytest.param("2016-12-31T23:59:60Z", id="a leap second"),
        pytest.param("2026-3-1T12:00:00Z", id="short fields"),
        pytest.param("12026-03-01T12:00:00Z", id="a five-digit year"),
        pytest.param("-2026-03-01T12:00:00Z", id="a negative year"),
        pytest.param("\u0662\u0660\u0662\u0666-03-01T12:00:00Z", id="Arabic digits"),
        pytest.param(NOON + ".\u0665Z", id="an Arabic digit in the fraction"),
        pytest.param("\uff12\uff10\uff12\uff16-03-01T12:00:00Z", id="full-width digits"),
    ],
)
def test_what_is_no_timestamp_has_no_key(text: str) -> None:
    assert timestamp_key(text) is None


EARLIEST = datetime(2026, 3, 1, tzinfo=UTC)
moments = st.tuples(st.integers(0, 3), st.text("0123456789", max_size=9))


def spelled(moment: tuple[int, str], zeros: int = 0) -> str:
    seconds, fraction = moment
    digits = fraction + "0" * zeros
    return f"{EARLIEST + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}" + (f".{digits}Z" if digits else "Z")


@settings(deadline=None)
@given(moments, moments)
def test_keys_sort_as_the_instants_do(one: tuple[int, str], two: tuple[int, str]) -> None:
    first, second = timestamp_key(spelled(one)), timestamp_key(spelled(two))
    assert first is not None
    assert second is not None
    instants = [(seconds, int(fraction.ljust(9, "0"))) for seconds, fraction in (one, two)]
    assert (first < second, first == second) == (instants[0] < instants[1], instants[0] == instants[1])


@settings(deadline=None)
@given(moments, st.integers(0, 6))
def test_two_spellings_of_one_instant_have_one_key(moment: tuple[int, str], zeros: int) -> None:
    assert timestamp_key(spelled(moment)) == timestamp_key(spelled(moment, zeros))
