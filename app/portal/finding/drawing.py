"""What stands around an object, drawn by the server: left what refers to it, right what it refers to or is connected with.

Owns the picture: labels stand in as many lines as they take, and one that is too long even so says all of it to whoever points at
it. The same stands as a list of links beside it, which has what the picture has no room for. Kept by
``tests/portal/finding/test_drawing.py``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.portal.charts.drawing import element, picture, text
from app.portal.words import gettext, ngettext

MOST_DRAWN = 10
"""So many on each side."""
MOST_LINES = 5
"""So many lines of a name; what does not fit is told to whoever points at it."""
_WIDTH, _BOX, _GAP, _EDGE = 920, 250, 16, 14
_LINE, _PADDING = 18, 12
_ACROSS, _BESIDE = 28, 12  # characters of a line in a box, and of one on an arrow
_MOST_ON_ARROW = 3


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An object beside another: its id and name, what kind it is, and how both hang together, read along the arrow.

    ``whole`` is its name where ``title`` is cut; ``address`` its page where that is not the page of an object.
    """

    stix_id: str
    kind: str
    title: str
    words: str
    points_here: bool
    publisher: str
    is_seen: bool = True
    whole: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class _Label:
    """A kind and a name as they stand in a box: lines, and whether these are all of the name."""

    kind: list[str]
    lines: list[str]
    whole: str
    is_whole: bool

    @property
    def height(self) -> float:
        return _PADDING + _LINE * (len(self.kind) + len(self.lines))


def draw(title: str, kind: str, neighbours: Sequence[Neighbour]) -> Markup:
    """Draw an object, by its whole name, in the middle of its neighbours, as many as there is room for."""
    left = [one for one in neighbours if one.points_here][:MOST_DRAWN]
    right = [one for one in neighbours if not one.points_here][:MOST_DRAWN]
    here = _label(kind, title)
    labels = {side: [_label(one.kind, one.whole or one.title) for one in some] for side, some in (("l", left), ("r", right))}
    inner = max(here.height, *(_height(some) for some in labels.values()))
    height = inner + 2 * _EDGE
    middle = (_WIDTH - _BOX) / 2
    centre = height / 2
    drawn = [_heads()]
    for some, told, x, ends in ((left, labels["l"], 0.0, middle), (right, labels["r"], _WIDTH - _BOX, middle + _BOX)):
        top = centre - _height(told) / 2
        for one, label in zip(some, told, strict=True):
            y = top + label.height / 2
            drawn += [_edge(one, (x, y), (ends, centre)), _box(x, y, label, "graph-box")]
            top += label.height + _GAP
    drawn.append(_box(middle, centre, here, "graph-box middle"))
    number = len(left) + len(right)
    told_number = ngettext(
        "%(num)s object around it; all stand in the list below.",
        "%(num)s objects around it; all stand in the list below.",
        number,
    )
    return picture((_WIDTH, height), gettext("What stands around this object"), told_number % {"num": number}, drawn)


def _label(kind: str, name: str) -> _Label:
    lines, is_whole = _wrapped(name, _ACROSS, MOST_LINES)
    return _Label(_wrapped(kind, _ACROSS, 2)[0], lines, f"{kind}: {name}", is_whole)


def _wrapped(words: str, across: int, most: int) -> tuple[list[str], bool]:
    """Give words in lines, and whether these are all of them."""
    every = textwrap.wrap(words, across) or [""]
    if len(every) <= most:
        return every, True
    return textwrap.wrap(words, across, max_lines=most, placeholder="\N{HORIZONTAL ELLIPSIS}"), False


def _height(labels: Sequence[_Label]) -> float:
    return sum(one.height for one in labels) + _GAP * max(len(labels) - 1, 0)


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
    return line + _said_on(one.words, bend, outer[1])


def _said_on(words: str, x: float, y: float) -> Markup:
    lines, is_whole = _wrapped(words, _BESIDE, _MOST_ON_ARROW)
    drawn = [text((x, y - 6 - 14 * (len(lines) - 1 - row)), line, "chart-text small", "middle") for row, line in enumerate(lines)]
    return element("g", {}, *([] if is_whole else [element("title", {}, words)]), *drawn)


def _box(x: float, y: float, label: _Label, kind: str) -> Markup:
    top = y - label.height / 2
    at = {"x": x + 1, "y": top, "width": _BOX - 2, "height": label.height, "rx": 8, "class": kind}
    told = [(line, "graph-kind") for line in label.kind] + [(line, "graph-title") for line in label.lines]
    drawn = [text((x + 10, top + _LINE * (row + 1)), line, of_what) for row, (line, of_what) in enumerate(told)]
    return element("g", {}, element("title", {}, label.whole), element("rect", at), *drawn)
