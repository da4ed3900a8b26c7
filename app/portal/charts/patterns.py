"""Fillings that differ without colour: solid, stripes, dots, lattice. Kept by ``tests/portal/charts/test_patterns.py``."""

from __future__ import annotations

from markupsafe import Markup

from app.portal.charts.drawing import element

_MARKS = (
    "",
    "M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6",
    "M4 2.4 A1.6 1.6 0 1 1 3.99 2.4 Z",
    "M0 0 L8 8 M0 8 L8 0",
)
MOST_PATTERNS = len(_MARKS)
"""So many kinds can be told apart in one chart."""
_SIDE = 8


def filling(key: str, place: int) -> str:
    """Give the attribute ``fill`` of what is filled with the pattern at a place, within the chart of that key."""
    return f"url(#{key}-filling-{place})"


def patterns(key: str) -> Markup:
    """Give the definitions of all patterns, under the key of a chart."""
    return element("defs", {}, *(_pattern(key, place, marks) for place, marks in enumerate(_MARKS)))


def _pattern(key: str, place: int, marks: str) -> Markup:
    box: dict[str, object] = {"width": _SIDE, "height": _SIDE}
    ground = element("rect", box | {"class": f"filling-{place}"})
    drawn = [element("path", {"d": marks, "class": f"filling-marks-{place}"})] if marks else []
    return element("pattern", {"id": f"{key}-filling-{place}", "patternUnits": "userSpaceOnUse"} | box, ground, *drawn)
