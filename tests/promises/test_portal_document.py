"""``docs/portal.md`` shows pictures of the running system, those and no others, none of them heavy."""

from __future__ import annotations

import re
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"
_SHOWN = re.compile(r"!\[[^\]]+\]\(pictures/([a-z-]+\.png)\)")
_MOST_BYTES = 300 * 1024


def test_every_picture_is_there_and_shown() -> None:
    there = {path.name for path in (_DOCS / "pictures").iterdir()}
    assert there == set(_SHOWN.findall((_DOCS / "portal.md").read_text()))


def test_a_picture_is_a_picture_and_not_heavy() -> None:
    for path in (_DOCS / "pictures").iterdir():
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n"), path.name
        assert len(content) < _MOST_BYTES, path.name


def test_the_tests_take_each_of_them() -> None:
    taken = "".join(path.read_text() for path in (_DOCS.parent / "tests" / "browser").glob("test_*.py"))
    for path in (_DOCS / "pictures").iterdir():
        assert f'"{path.stem.removeprefix("story-")}"' in taken, path.name
