"""On which line of a file a place stands that a refusal names, for whoever mends the file in an editor.

Reads JSON that was read before and was found right, and gives no line where it was not. Kept by ``tests/cli/test_json_lines.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)


@dataclass(slots=True)
class _Open:
    """An object (``index`` None) or a list that is being read, and its member of now."""

    index: int | None
    name: str = ""

    @property
    def step(self) -> str:
        return self.name if self.index is None else str(self.index)


def lines_of_places(content: bytes) -> dict[str, int]:
    """Give the line (from 1) on which each value of a JSON text begins, by its pointer; of names with escapes nothing."""
    text = content.decode("utf-8", "replace")
    lines = {"": 1}
    holders: list[_Open] = []
    names = False
    line, reached = 1, 0
    for token in _TOKEN.finditer(text):
        line, reached = line + text.count("\n", reached, token.start()), token.start()
        sign = token[0]
        if sign in "}]":
            if holders:
                holders.pop()
            names = False
        elif sign == ",":
            names = bool(holders) and holders[-1].index is None
            if holders and holders[-1].index is not None:
                holders[-1].index += 1
        elif names and sign.startswith('"'):
            holders[-1].name, names = sign[1:-1], False
        elif sign != ":":
            lines.setdefault("".join(f"/{one.step}" for one in holders), line)
            if sign in "{[":
                holders.append(_Open(None if sign == "{" else 0))
                names = sign == "{"
    return lines


def line_of(lines: dict[str, int], place: str) -> int | None:
    """Give the line of a place, or of what should hold it; None where nothing of it is known."""
    while place not in lines and place:
        place = place.rpartition("/")[0]
    return lines.get(place)
