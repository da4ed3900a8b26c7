from __future__ import annotations

from datetime import timedelta

from app.domain.reading_load import RESTED_AFTER, ReadingLimits, ReadingLoad
from tests.factories.policy_values import DAY, NOW

LIMITS = ReadingLimits(items_a_day=3, break_after_items=2, break_after_minutes=10)
MINUTE = timedelta(minutes=1)
NOTHING = ReadingLoad("a", NOW.date().isoformat())


def test_a_break_is_offered_after_so_many_items() -> None:
    one = NOTHING.with_one_more(NOW)
    assert not one.wants_break(LIMITS, NOW)
    two = one.with_one_more(NOW)
    assert two.wants_break(LIMITS, NOW)
    assert not two.rested().wants_break(LIMITS, NOW)
    assert two.rested().items == 2


def test_a_break_is_offered_after_so_many_minutes_of_reading_on() -> None:
    one = NOTHING.with_one_more(NOW)
    assert one.wants_break(LIMITS, NOW + 10 * MINUTE)
    assert not one.wants_break(LIMITS, NOW + 9 * MINUTE)


def test_whoever_paused_had_a_break() -> None:
    two = NOTHING.with_one_more(NOW).with_one_more(NOW)
    assert not two.wants_break(LIMITS, NOW + RESTED_AFTER)
    assert two.with_one_more(NOW + RESTED_AFTER).since_break == 1


def test_a_day_is_full_and_another_begins_with_nothing() -> None:
    three = NOTHING.with_one_more(NOW).with_one_more(NOW).with_one_more(NOW)
    assert three.is_full(LIMITS, NOW)
    assert three.now(NOW + DAY) == ReadingLoad("a", (NOW + DAY).date().isoformat())
    assert not three.is_full(LIMITS, NOW + DAY)
