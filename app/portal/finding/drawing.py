"""What stands around an object, drawn by the server: left what refers to it, right what it refers to or is connected with.

Owns the picture; the same stands as a list of links beside it, which has what the picture has no room for. Kept by
``tests/portal/finding/test_drawing.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.portal.charts.drawing import cut, element, picture, text
from app.portal.words import gettext, ngettext

MOST_DRAWN = 10
"""So many on each side."""
_WIDTH, _BOX, _HEIGHT, _STEP, _EDGE = 920, 250, 46, 62, 14
_LONGEST = 32


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An object beside another: its id and name, what kind it is, and how both hang together, read along the arrow."""

    stix_id: str
    kind: str
    title: str
    words: str
    points_here: bool
    publisher: str
    is_seen: bool = True


def draw(title: str, kind: str, neighbours: Sequence[Neighbour]) -> Markup:
    """Draw an object in the middle of its neighbours, as many as there is room for."""
    left = [one for one in neighbours if one.points_here][:MOST_DRAWN]
    right = [one for one in neighbours if not one.points_here][:MOST_DRAWN]
    rows = max(len(left), len(right), 1)
    height = rows * _STEP + 2 * _EDGE
    middle = (_WIDTH - _BOX) / 2
    centre = height / 2
    drawn = [_heads()]
    for side, x, ends in ((left, 0.0, middle), (right, _WIDTH - _BOX, middle + _BOX)):
        for place, one in enumerate(side):
            y = centre + (place - (len(side) - 1) / 2) * _STEP
            drawn += [_edge(one, (x, y), (ends, centre)), _box(x, y, (one.kind, one.title), "graph-box")]
    drawn.append(_box(middle, centre, (kind, title), "graph-box middle"))
    number = len(left) + len(right)
    told = ngettext(
        "%(num)s object around it; all stand in the list below.",
        "%(num)s objects around it; all stand in the list below.",
        number,
    )
    return picture((_WIDTH, height), gettext("What stands around this object"), told % {"num": number}, drawn)


def _heads() -> Markup:
    shape = element("path", {"d": "M0 0 L8 4 L0 8 z", "class": "graph-head"})
    marker = {
        "id": "graph-arrow",
        "viewBox": "0 0 8 8",
        "refX": 8,
        "refY": 4,
        "markerWidth": 8,
        "markerHeight": 8,
        "orient": "auto",
    }
    return element("defs", {}, element("marker", marker, shape))


def _edge(one: Neighbour, box: tuple[float, float], middle: tuple[float, float]) -> Markup:
    """Draw the arrow between a box and the middle, with its words on it; it points the way in which they are read."""
    outer = (box[0] + _BOX, box[1]) if one.points_here else box
    begin, end = (outer, middle) if one.points_here else (middle, outer)
    bend = (begin[0] + end[0]) / 2
    path = f"M{begin[0]:g} {begin[1]:g} C{bend:g} {begin[1]:g} {bend:g} {end[1]:g} {end[0]:g} {end[1]:g}"
    line = element("path", {"d": path, "class": "graph-edge", "marker-end": "url(#graph-arrow)"})
    return line + text((bend, outer[1] - 6), cut(one.words, 12), "chart-text small", "middle")


def _box(x: float, y: float, words: tuple[str, str], kind: str) -> Markup:
    at = {"x": x + 1, "y": y - _HEIGHT / 2, "width": _BOX - 2, "height": _HEIGHT, "rx": 8, "class": kind}
    above, below = (x + 10, y - 6), (x + 10, y + 13)
    return (
        element("rect", at)
        + text(above, cut(words[0], _LONGEST), "graph-kind")
        + text(below, cut(words[1], _LONGEST), "graph-title")
    )
