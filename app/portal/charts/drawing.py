"""What every chart is made of: escaped elements of SVG, a picture with a name, and the table that says the same in words.

Owns that no text of anybody becomes markup, and that a picture never comes without its table. Classes take their colours from the
tokens (``static/charts.css``). Kept by ``tests/portal/charts/test_drawing.py``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

FONT_CHARACTER = 7
"""About so many units wide is a character of a chart's text."""
_NOT_OF_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_ISOLATE, _END_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and the same as a table: ``headings``, and ``rows`` of which the first cell is the row's heading.

    ``is_empty``: there is nothing to draw, and a page says so in its own words.
    """

    label: str
    picture: Markup
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def is_empty(self) -> bool:
        """Whether no row says anything."""
        return not self.rows


def element(tag: str, attributes: Mapping[str, object], *children: str) -> Markup:
    """Give an element of SVG; attributes and children that are no markup are escaped."""
    said = Markup("").join(Markup(' {}="{}"').format(name, _short(value)) for name, value in attributes.items())
    return Markup("<{0}{1}>{2}</{0}>").format(tag, said, Markup("").join(_of_xml(child) for child in children))


def text(place: tuple[float, float], words: str, kind: str = "chart-text", anchor: str = "start") -> Markup:
    """Give a line of text at a place."""
    return element("text", {"x": place[0], "y": place[1], "class": kind, "text-anchor": anchor}, words)


def picture(size: tuple[float, float], label: str, description: str, drawn: Sequence[str]) -> Markup:
    """Give a picture of a width and height in units, named and described for people who do not see it."""
    name = key_of(label)
    head = {"class": "chart-picture", "role": "img", "aria-labelledby": f"{name}-title {name}-description"}
    box = {"viewBox": f"0 0 {_short(size[0])} {_short(size[1])}", "xmlns": "http://www.w3.org/2000/svg"}
    title = element("title", {"id": f"{name}-title"}, label)
    described = element("desc", {"id": f"{name}-description"}, description)
    return element("svg", head | box, title, described, *drawn)


def key_of(label: str) -> str:
    """Give what ids within a chart begin with; charts of one page have different labels."""
    return "chart-" + hashlib.sha256(label.encode("utf-8", "replace")).hexdigest()[:10]


def isolated(words: str) -> str:
    """Give words that keep their own direction of writing within a sentence."""
    return f"{_FIRST_ISOLATE}{words}{_END_ISOLATE}"


def cut(words: str, most: int) -> str:
    """Give words of that many characters at most."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _of_xml(child: str) -> str:
    if isinstance(child, Markup):
        return child
    return _NOT_OF_XML.sub("\N{REPLACEMENT CHARACTER}", child)


def _short(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return _of_xml(value) if isinstance(value, str) else value
