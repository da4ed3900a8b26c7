"""The matrix as a picture that stands by itself, for print: columns of boxes in steps of one hue, each with its number.

Owns the drawing, and the colours of print: those of the light tokens, since a file has no style sheet. Kept by
``tests/portal/charts/test_matrix_picture.py``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.portal.charts.drawing import element, isolated, picture
from app.portal.charts.scales import exact
from app.portal.words import gettext

HEAT = ("#f1f4f6", "#cfe4ea", "#9cc8d4", "#5fa3b5", "#2b7891", "#0c4a60")
INK, FAINT, PAPER, LINE = "#17212b", "#51606d", "#ffffff", "#7b8a97"
_DARK_FROM = 4
"""From this step on, text is light."""
_WIDE, _GAP, _EDGE, _LINE, _HEAD, _TOP = 190, 10, 24, 16, 52, 96
_ACROSS = 20
"""So many characters fit into the width of a box."""
_FACE = "Noto Sans, DejaVu Sans, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its code and name, what it says below, and how hot it is (0 to 5)."""

    code: str
    name: str
    said: Sequence[str]
    step: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of boxes."""

    title: str
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on the picture; ``said`` is which numbers they are, ``steps`` have their least and largest number."""

    title: str
    said: str
    columns: Sequence[Column]
    steps: Sequence[tuple[int, int, int]]


def matrix_picture(sheet: Sheet) -> Markup:
    """Draw the picture; it says everything in text as well."""
    width = max(2 * _EDGE + len(sheet.columns) * (_WIDE + _GAP) - _GAP, 4 * _WIDE)
    bottom, drawn = _TOP, list[Markup]()
    for place, column in enumerate(sheet.columns):
        parts, end = _column(column, _EDGE + place * (_WIDE + _GAP))
        drawn, bottom = [*drawn, *parts], max(bottom, end)
    size = (width, bottom + 64)
    ground = element("rect", {"x": 0, "y": 0, "width": size[0], "height": size[1], "fill": PAPER})
    head = [_text((_EDGE, 40), sheet.title, 22, bold=True), _text((_EDGE, 66), sheet.said, 13, FAINT)]
    return picture(size, sheet.title, _described(sheet), [ground, *head, *drawn, *_legend(sheet, bottom + 28)])


def _column(column: Column, left: int) -> tuple[list[Markup], int]:
    drawn = [_text((left, _TOP + 16 + _LINE * row), line, 13, bold=True) for row, line in enumerate(_wrapped(column.title, 2))]
    top = _TOP + _HEAD
    for box in column.boxes:
        lines = _wrapped(box.name, 4)
        high = 34 + _LINE * (len(lines) + len(box.said)) + 12
        drawn += _box(box, lines, (left, top), high)
        top += high + _GAP
    return drawn, top


def _box(box: Box, lines: Sequence[str], corner: tuple[int, int], high: int) -> Iterator[Markup]:
    left, top = corner
    ink = PAPER if box.step >= _DARK_FROM else INK
    square = {"x": left, "y": top, "width": _WIDE, "height": high, "rx": 6}
    yield element("rect", square | {"fill": HEAT[box.step], "stroke": LINE})
    yield _text((left + 10, top + 20), box.code, 11, ink)
    for row, line in enumerate(lines):
        yield _text((left + 10, top + 38 + _LINE * row), line, 13, ink, bold=True)
    for row, line in enumerate(box.said, len(lines)):
        yield _text((left + 10, top + 42 + _LINE * row), line, 12, ink)


def _legend(sheet: Sheet, top: int) -> Iterator[Markup]:
    for place, (step, least, largest) in enumerate(sheet.steps):
        left = _EDGE + place * 130
        yield element("rect", {"x": left, "y": top, "width": 18, "height": 18, "fill": HEAT[step], "stroke": LINE})
        span = exact(least) if least == largest else f"{exact(least)} \N{EN DASH} {exact(largest)}"
        yield _text((left + 26, top + 14), span if step else gettext("0, or not told"), 12)


def _described(sheet: Sheet) -> str:
    said = [sheet.said]
    for column in sheet.columns:
        boxes = [f"{one.code} {isolated(one.name)}: {', '.join(one.said)}" for one in column.boxes]
        said.append(f"{column.title}: {'; '.join(boxes)}.")
    return " ".join(said)


def _wrapped(words: str, most: int) -> list[str]:
    return textwrap.wrap(words, _ACROSS, max_lines=most, placeholder="\N{HORIZONTAL ELLIPSIS}") or [""]


def _text(place: tuple[int, int], words: str, size: int, ink: str = INK, *, bold: bool = False) -> Markup:
    look = {"font-family": _FACE, "font-size": size, "font-weight": 600 if bold else 400, "fill": ink}
    return element("text", {"x": place[0], "y": place[1]} | look, words)
