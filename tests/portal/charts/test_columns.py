from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from app.portal.charts.columns import PLOT, Series, columns_over_time
from app.portal.charts.drawing import Chart
from app.portal.charts.patterns import MOST_PATTERNS
from tests.factories.pictures import PAYLOADS, parsed

SVG = "{http://www.w3.org/2000/svg}"
MONDAY = date(2026, 8, 31)


def series(name: str, *counts: int | None) -> Series:
    return Series(name, [(MONDAY + timedelta(weeks=place), count) for place, count in enumerate(counts)])


def marks(chart: Chart) -> list[Any]:
    """Give the columns, without the boxes of the legend."""
    return [one for one in parsed(chart.picture).iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]


def told(chart: Chart, name: str) -> list[str]:
    return [str(one[0].text).rpartition(": ")[2] for one in marks(chart) if f"\u2068{name}\u2069" in str(one[0].text)]


def test_the_table_says_what_is_drawn() -> None:
    chart = columns_over_time([series("Seen", 3, 0, 10), series("Not seen", 1, 12_345, 2)], "Sightings")
    assert chart.headings == ("Week from", "Seen", "Not seen")
    assert list(chart.rows) == [("31 Aug 2026", "3", "1"), ("7 Sep 2026", "0", "12,345"), ("14 Sep 2026", "10", "2")]
    for place, name in enumerate(chart.headings[1:], 1):
        assert told(chart, name) == [row[place] for row in chart.rows]
    heights = [float(one.attrib["height"]) for one in marks(chart)]
    assert heights == pytest.approx([PLOT * one / 20_000 for one in (3, 0, 10, 1, 12_345, 2)], abs=0.006)
    assert all(
        float(one.attrib["y"]) + float(one.attrib["height"]) == pytest.approx(22 + 44 + PLOT, abs=0.02) for one in marks(chart)
    )


def test_several_series_differ_by_pattern_and_are_named() -> None:
    chart = columns_over_time([series(name, 1, 2) for name in ("Alpha", "Beta", "Gamma")], "Several")
    assert len({one.attrib["fill"] for one in marks(chart)}) == 3
    assert {"Alpha", "Beta", "Gamma"} <= {one.text for one in parsed(chart.picture).iter(f"{SVG}text")}


def test_what_is_not_told_is_no_nought() -> None:
    chart = columns_over_time([series("Seen", 2, None, 0)], "Sightings")
    assert [row[1] for row in chart.rows] == ["2", "\N{EN DASH}", "0"]
    assert told(chart, "Seen") == ["2", "0"]


def test_nothing_is_drawn_of_nothing_and_said() -> None:
    for nothing in ([], [series("Seen")]):
        chart = columns_over_time(nothing, "Sightings")
        assert chart.is_empty
        assert "Nothing is counted yet." in str(chart.picture)
    assert "not told" in str(columns_over_time([series("Seen", None)], "Sightings").picture)


def test_one_value_and_huge_ones_fit_into_the_picture() -> None:
    for counts in ([5], [0], [10**30, 1], [10**320]):
        chart = columns_over_time([series("Seen", *counts)], "Sightings")
        for one in marks(chart):
            assert 0 <= float(one.attrib["height"]) <= PLOT
            assert 0 <= float(one.attrib["x"]) <= float(one.attrib["x"]) + float(one.attrib["width"]) <= 640


def test_a_year_of_weeks_has_few_labels() -> None:
    chart = columns_over_time([series("Seen", *range(53))], "Sightings")
    assert len(chart.rows) == 53
    days = [one for one in parsed(chart.picture).iter(f"{SVG}text") if one.get("text-anchor") == "middle"]
    assert 4 <= len(days) <= 8


@pytest.mark.parametrize("payload", [*PAYLOADS, "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}", "\u202eevil"])
def test_names_of_anybody_are_text(payload: str) -> None:
    chart = columns_over_time([series(payload, 1), series("Other", 2)], payload)
    tags = {one.tag.removeprefix(SVG) for one in parsed(chart.picture).iter()}
    assert tags <= {"svg", "title", "desc", "defs", "pattern", "rect", "path", "line", "text"}
    assert "style=" not in str(chart.picture)


@pytest.mark.parametrize(
    "wrong", [[series(str(one), 1) for one in range(MOST_PATTERNS + 1)], [series("a", 1), series("b", 1, 2)]]
)
def test_too_many_series_and_other_weeks_are_refused(wrong: Sequence[Series]) -> None:
    with pytest.raises(ValueError, match="of the same weeks"):
        columns_over_time(wrong, "Sightings")
