from __future__ import annotations

import re

import pytest

from app.portal.charts.matrix_picture import FAINT, HEAT, INK, LINE, PAPER, Box, Column, Sheet, matrix_picture
from tests.factories.pictures import PAYLOADS, parsed
from tests.factories.tokens import tokens

SVG = "{http://www.w3.org/2000/svg}"
BOXES = [
    Box("OP-001", "Misrepresented age or identity", ["12 organisations", "\N{BLACK UP-POINTING TRIANGLE} up"], 5),
    Box("OP-002", "Coordinated account creation", ["not told"], 0),
]
SHEET = Sheet(
    "Pattern matrix",
    "Release 1",
    [Column("Presence and persona", BOXES), Column("Solicitation", BOXES[:1])],
    [(0, 0, 0), (5, 10, 12)],
)


def test_colours_of_print_are_the_light_tokens() -> None:
    light = tokens("light")
    assert [light[f"heat-{step}"] for step in range(6)] == list(HEAT)
    assert [light[name] for name in ("ink", "faint", "paper", "line-strong")] == [INK, FAINT, PAPER, LINE]


def test_every_box_says_its_number_on_the_picture_and_in_words() -> None:
    root = parsed(matrix_picture(SHEET))
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert texts.count("12 organisations") == 2
    assert texts.count("not told") == 1
    described = str(next(root.iter(f"{SVG}desc")).text)
    assert re.sub("[\u2068\u2069]", "", described).count("OP-001 Misrepresented age or identity: 12 organisations,") == 2


def test_nothing_stands_outside_and_it_needs_no_style_sheet() -> None:
    drawn = matrix_picture(SHEET)
    root = parsed(drawn)
    wide, high = map(float, root.attrib["viewBox"].split()[2:])
    for one in root.iter(f"{SVG}rect"):
        assert float(one.attrib["x"]) + float(one.attrib["width"]) <= wide
        assert float(one.attrib["y"]) + float(one.attrib["height"]) <= high
    assert all(one.get("fill") for one in root.iter() if one.tag in {f"{SVG}rect", f"{SVG}text"})
    assert parsed(matrix_picture(Sheet("Empty", "", [], [])))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_of_anybody_are_text(payload: str) -> None:
    sheet = Sheet(payload, payload, [Column(payload, [Box(payload, payload, [payload], 1)])], [])
    tags = {one.tag.removeprefix(SVG) for one in parsed(matrix_picture(sheet)).iter()}
    assert tags == {"svg", "title", "desc", "rect", "text"}
