from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from breakwater_client.instant import instant_text


def test_an_instant_is_spelled_in_utc_with_microseconds() -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
    assert instant_text(moment) == "2026-03-01T12:00:00.000005Z"
    assert instant_text(moment.astimezone(timezone(timedelta(hours=-5)))) == "2026-03-01T12:00:00.000005Z"


def test_a_year_has_four_digits() -> None:
    assert instant_text(datetime(26, 3, 1, tzinfo=UTC)) == "0026-03-01T00:00:00.000000Z"
