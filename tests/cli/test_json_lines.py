"""Places in a JSON text have the lines on which they begin."""

from __future__ import annotations

import json

import pytest

from app.cli.json_lines import line_of, lines_of_places

TEXT = b"""{
  "what": {"title": "a, \\"b\\": {[",
    "behaviours": [
      "OP-001",
      "OP-002"
    ]},
  "observables": [
    {"kind": "md5",
     "value": "x"},
    {"kind": "url"}
  ]
}
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("", 1),
        ("/what", 2),
        ("/what/title", 2),
        ("/what/behaviours", 3),
        ("/what/behaviours/1", 5),
        ("/observables/0", 8),
        ("/observables/0/value", 9),
        ("/observables/1/kind", 10),
        ("/observables/1/value", 10),
        ("/where/surfaces", 1),
    ],
)
def test_a_place_or_what_should_hold_it_has_its_line(place: str, line: int) -> None:
    assert json.loads(TEXT)
    assert line_of(lines_of_places(TEXT), place) == line


@pytest.mark.parametrize("text", [b"", b"]", b"{,}", b"[[", b"\xff", b'{"a" "b"'])
def test_a_broken_text_breaks_nothing(text: bytes) -> None:
    assert line_of(lines_of_places(text), "/a") is not None
