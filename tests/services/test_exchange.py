from __future__ import annotations

from datetime import timedelta

from app.services.exchange import utc_now


def test_the_exchanges_own_clock_is_aware_and_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)
