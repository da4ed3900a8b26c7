from __future__ import annotations

from datetime import date

from app.domain.prevention import Trend
from app.portal.patterns.number_words import numbers_in_words, told_in_words, trend_in_words, what_is_counted
from app.portal.patterns.numbers import Counted, Number
from app.services.preventing.numbers import Told
from app.services.weighing.sightings_over_time import WeeklySightings

SEEN = Counted({}, sightings=WeeklySightings([date(2026, 8, 31)], {}, is_cut=False))


def test_numbers_say_what_they_count() -> None:
    assert [numbers_in_words(Number(count), SEEN) for count in (0, 1, 1_200)] == ["no sighting", "1 sighting", "1,200 sightings"]
    assert numbers_in_words(Number(), Counted({})) == "no number"


def test_a_trend_has_a_mark_and_a_word() -> None:
    told = [trend_in_words(Number(1, one)) for one in (Trend.UP, Trend.DOWN, Trend.FLAT, Trend.UNKNOWN)]
    assert told == [
        "\N{BLACK UP-POINTING TRIANGLE} up",
        "\N{BLACK DOWN-POINTING TRIANGLE} down",
        "\N{BLACK RIGHT-POINTING TRIANGLE} steady",
        "",
    ]


def test_what_is_not_told_is_never_said_to_be_none() -> None:
    assert told_in_words(Told()) == "too few to tell"
    assert told_in_words(Told(1, "unknown")) == "1 organisation"
    assert told_in_words(Told(12, "up")) == "12 organisations \N{BLACK UP-POINTING TRIANGLE} up"


def test_it_is_said_since_when_is_counted() -> None:
    assert "received since 31 Aug 2026" in what_is_counted(SEEN)
    assert "older weeks may have more" in what_is_counted(
        Counted({}, sightings=WeeklySightings([date(2026, 8, 31)], {}, is_cut=True))
    )
    assert what_is_counted(Counted({})) == "No numbers: none have been released yet."
