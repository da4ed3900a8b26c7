"""Columns over weeks: how often something happened, of one kind or several, told apart by pattern and by name.

Owns the drawing; what is counted is the caller's. Kept by ``tests/portal/charts/test_columns.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.portal.charts.drawing import Chart, cut, element, isolated, key_of, picture, text
from app.portal.charts.patterns import MOST_PATTERNS, filling, patterns
from app.portal.charts.scales import brief, ceiling, exact, ticks
from app.portal.words import gettext, ngettext

WIDTH, PLOT = 640, 180
_LEFT, _RIGHT, _ABOVE, _BELOW, _LEGEND = 52, 8, 22, 30, 22
_MOST_LABELS, _MOST_NUMBERS, _LONGEST_NAME = 8, 16, 70


@dataclass(frozen=True, slots=True)
class Series:
    """What one kind of column says: counts by the first day of their weeks, in order; None: not told.

    All series of a chart have the same weeks.
    """

    name: str
    weeks: Sequence[tuple[date, int | None]]


def columns_over_time(series: Sequence[Series], label: str) -> Chart:
    """Draw counts of weeks as columns, each week's side by side.

    Raises:
        ValueError: there are more series than patterns, or their weeks differ.
    """
    weeks = _weeks(series)
    headings = (gettext("Week from"), *(one.name for one in series))
    rows = [(_day(week), *(exact(one.weeks[place][1]) for one in series)) for place, week in enumerate(weeks)]
    return Chart(label, _drawn(series, weeks, label), headings, rows)


def _weeks(series: Sequence[Series]) -> list[date]:
    weeks = [[week for week, _ in one.weeks] for one in series]
    if len(series) > MOST_PATTERNS or any(one != weeks[0] for one in weeks):
        message = f"A chart has {MOST_PATTERNS} series at most, all of the same weeks."
        raise ValueError(message)
    return weeks[0] if weeks else []


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: the top of the plot, the end of its axis, and the width of a week."""

    key: str
    begin: int
    top: int
    step: float
    has_numbers: bool

    def height(self, value: int) -> float:
        return PLOT * value / self.top

    @property
    def ground(self) -> int:
        return self.begin + PLOT


def _drawn(series: Sequence[Series], weeks: Sequence[date], label: str) -> Markup:
    most = max((count or 0 for one in series for _, count in one.weeks), default=0)
    legend = _LEGEND * len(series) if len(series) > 1 else 0
    step = (WIDTH - _LEFT - _RIGHT) / max(len(weeks), 1)
    frame = _Frame(key_of(label), _ABOVE + legend, ceiling(most), step, len(weeks) * len(series) <= _MOST_NUMBERS)
    drawn = [*_axis(frame), *_days(frame, weeks)]
    if len(series) > 1:
        drawn = [*_legend(frame, series), *drawn]
    for place, one in enumerate(series):
        drawn += _columns(frame, one, place, len(series))
    if not weeks:
        drawn.append(text((WIDTH / 2, frame.begin + PLOT / 2), gettext("Nothing is counted yet."), anchor="middle"))
    described = " ".join(_sentences(series, weeks))
    return picture((WIDTH, frame.ground + _BELOW), label, described, [patterns(frame.key), *drawn])


def _axis(frame: _Frame) -> Iterator[Markup]:
    for value in ticks(frame.top):
        level = frame.ground - frame.height(value)
        line = {"x1": _LEFT, "x2": WIDTH - _RIGHT, "y1": level, "y2": level, "class": "chart-line" if value else "chart-ground"}
        yield element("line", line)
        yield text((_LEFT - 8, level + 4), brief(value), anchor="end")


def _days(frame: _Frame, weeks: Sequence[date]) -> Iterator[Markup]:
    every = -(-len(weeks) // _MOST_LABELS)
    for place, week in enumerate(weeks):
        if place % every == 0:
            yield text((_LEFT + frame.step * (place + 0.5), frame.ground + 20), f"{week.day} {week:%b}", anchor="middle")


def _legend(frame: _Frame, series: Sequence[Series]) -> Iterator[Markup]:
    for place, one in enumerate(series):
        level = 4 + _LEGEND * place
        box = {"x": _LEFT, "y": level, "width": 16, "height": 14, "fill": filling(frame.key, place)}
        yield element("rect", box | {"class": f"chart-mark mark-{place}"})
        yield text((_LEFT + 24, level + 12), cut(one.name, _LONGEST_NAME), "chart-text chart-name")


def _columns(frame: _Frame, series: Series, place: int, among: int) -> Iterator[Markup]:
    """Draw one series; its ``place`` ``among`` the columns of a week."""
    wide = min(frame.step * 0.76, 56.0 * among) / among
    for week, (day, count) in enumerate(series.weeks):
        if count is None:
            continue
        left = _LEFT + frame.step * (week + 0.5) + wide * (place - among / 2)
        high = frame.height(count)
        box = {"x": left, "y": frame.ground - high, "width": wide, "height": high, "fill": filling(frame.key, place)}
        words = f"{isolated(series.name)}, {_day(day)}: {exact(count)}"
        yield element("rect", box | {"class": f"chart-mark mark-{place}"}, element("title", {}, words))
        if frame.has_numbers:
            yield text((left + wide / 2, frame.ground - high - 5), brief(count), "chart-text chart-number", "middle")


def _sentences(series: Sequence[Series], weeks: Sequence[date]) -> Iterator[str]:
    if not weeks:
        yield gettext("Nothing is counted yet.")
        return
    span = ngettext("%(num)s week, from %(first)s on.", "%(num)s weeks, from %(first)s on.", len(weeks))
    yield span % {"num": len(weeks), "first": _day(weeks[0])}
    for one in series:
        told = [(count, week) for week, count in one.weeks if count is not None]
        if not told:
            yield gettext("%(name)s: not told.") % {"name": isolated(one.name)}
            continue
        most, when = max(told, key=lambda each: each[0])
        said = {
            "name": isolated(one.name),
            "all": exact(sum(count for count, _ in told)),
            "most": exact(most),
            "when": _day(when),
        }
        yield gettext("%(name)s: %(all)s in all, at most %(most)s, in the week from %(when)s.") % said


def _day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"
