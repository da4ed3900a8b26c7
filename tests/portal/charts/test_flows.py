from __future__ import annotations

import re
from typing import Any

import pytest

from app.portal.charts.drawing import Chart
from app.portal.charts.flows import SPAN, WIDTH, Flow, flows
from tests.factories.pictures import PAYLOADS, parsed

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [Flow("Platforms", "Hotlines", 30), Flow("Platforms", "Law enforcement", 10), Flow("Hotlines", "Hotlines", 20)]


def bands(chart: Chart) -> list[Any]:
    return [one for one in parsed(chart.picture).iter(f"{SVG}path") if "chart-band" in one.get("class", "")]


def widths(band: Any) -> tuple[float, float]:
    """Give how wide a band is at its giver and at its receiver."""
    numbers = [float(one) for one in re.findall(r"-?[0-9.]+", band.attrib["d"])]
    return numbers[15] - numbers[1], numbers[9] - numbers[7]


def test_the_table_says_what_is_drawn() -> None:
    chart = flows(ROWS, "Who told whom", "Objects")
    assert chart.headings == ("From", "To", "Objects")
    assert list(chart.rows) == [
        ("Platforms", "Hotlines", "30"),
        ("Platforms", "Law enforcement", "10"),
        ("Hotlines", "Hotlines", "20"),
    ]
    said = sorted(str(one[0].text).replace("\u2068", "").replace("\u2069", "") for one in bands(chart))
    assert said == sorted(f"{giver} to {receiver}: {count}" for giver, receiver, count in chart.rows)
    for band in bands(chart):
        count = int(str(band[0].text).rpartition(": ")[2])
        assert widths(band) == pytest.approx((SPAN * count / 60, SPAN * count / 60), abs=0.02)


def test_givers_differ_by_pattern_and_every_end_is_named() -> None:
    chart = flows(ROWS, "Who told whom", "Objects")
    assert len({one.attrib["fill"] for one in bands(chart)}) == 2
    named = [one.text for one in parsed(chart.picture).iter(f"{SVG}text") if "chart-name" in one.attrib["class"]]
    assert sorted(map(str, named)) == ["Hotlines", "Hotlines", "Law enforcement", "Platforms"]


def test_nothing_one_and_huge_numbers_are_drawn() -> None:
    empty = flows([], "Nothing", "Objects")
    assert empty.is_empty
    assert "Nothing is counted yet." in str(empty.picture)
    assert bands(flows([Flow("a", "b", 0)], "Nought", "Objects")) == []
    for counts in ([1], [10**320, 1], [1] * 40):
        chart = flows([Flow(f"giver {place}", "receiver", count) for place, count in enumerate(counts)], "Some", "Objects")
        assert len(bands(chart)) == len(counts)
        wide, high = map(float, parsed(chart.picture).attrib["viewBox"].split()[2:])
        assert wide == WIDTH
        for one in parsed(chart.picture).iter(f"{SVG}rect"):
            assert float(one.get("y", 0)) + float(one.attrib["height"]) <= high


@pytest.mark.parametrize("payload", [*PAYLOADS, "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}"])
def test_names_of_anybody_are_text(payload: str) -> None:
    chart = flows([Flow(payload, payload, 1)], payload, payload)
    tags = {one.tag.removeprefix(SVG) for one in parsed(chart.picture).iter()}
    assert tags == {"svg", "title", "desc", "defs", "pattern", "rect", "path", "text"}
