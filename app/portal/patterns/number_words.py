"""Numbers of behaviours in words, with what they count and from when. Kept by ``tests/portal/patterns/test_number_words.py``."""

from __future__ import annotations

from app.domain.prevention import Trend
from app.portal.charts.scales import exact
from app.portal.patterns.numbers import Counted, Number
from app.portal.plain_words import spoken
from app.portal.words import gettext, ngettext, shown_date
from app.services.preventing.numbers import Told

_MARKS = {
    Trend.UP: "\N{BLACK UP-POINTING TRIANGLE}",
    Trend.DOWN: "\N{BLACK DOWN-POINTING TRIANGLE}",
    Trend.FLAT: "\N{BLACK RIGHT-POINTING TRIANGLE}",
}


def numbers_in_words(number: Number, counted: Counted) -> str:
    """Give what stands in a behaviour's place."""
    if counted.sightings is not None:
        seen = number.count or 0
        return ngettext("%(num)s sighting", "%(num)s sightings", seen) % {"num": exact(seen)} if seen else gettext("no sighting")
    if counted.release is None:
        return gettext("no number")
    if number.count is None:
        return gettext("too few to tell")
    return ngettext("%(num)s organisation", "%(num)s organisations", number.count) % {"num": exact(number.count)}


def trend_in_words(number: Number) -> str:
    """Give a mark and a word for where a number goes; nothing where there is no number to go anywhere."""
    return f"{_MARKS[number.trend]} {spoken(number.trend)}" if number.trend in _MARKS else ""


def what_is_counted(counted: Counted) -> str:
    """Give in a sentence or two what the numbers are, and since when they count."""
    if counted.sightings is not None:
        first = counted.sightings.weeks[0]
        said = gettext(
            "Sightings that your organisation sees, received since %(day)s; the trend compares four weeks with the four before."
        )
        cut = gettext("There are more than are counted here: older weeks may have more.") if counted.sightings.is_cut else ""
        return f"{said % {'day': f'{first.day} {first:%b %Y}'}} {cut}".rstrip()
    if counted.release is None:
        return gettext("No numbers: none have been released yet.")
    told = {
        "number": counted.release.number,
        "day": shown_date(counted.release.released_at),
        "since": shown_date(counted.reports_since),
    }
    return (
        gettext(
            "Release %(number)s, %(day)s: organisations that reported it since %(since)s, on the surface chosen or with most."
        )
        % told
    )


def told_in_words(told: Told) -> str:
    """Give a released number with where it goes, or that there are too few to tell."""
    if told.organisations is None:
        return gettext("too few to tell")
    said = ngettext("%(num)s organisation", "%(num)s organisations", told.organisations) % {"num": exact(told.organisations)}
    return f"{said} {trend_in_words(Number(told.organisations, Trend(told.trend)))}".rstrip()
