"""What importers give: observables as the composer's form spells them, and what was left out, each with its place.

Kept by ``tests/services/importing/test_rows.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MOST_CELL_CHARACTERS = 8_192
"""As many as a value of the form may have."""


@dataclass(frozen=True, slots=True)
class Found:
    """An observable (unverified) as the form spells it. ``assertion``: what its source says of it, None: what the form says."""

    place: str
    observable: dict[str, Any] = field(repr=False)
    assertion: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was not taken, and why; never its value."""

    place: str
    sentence: str


Row = Found | Left


def plain_cell(text: str) -> str | None:
    """Give a cell of a table without what spreadsheets are kept from reading formulas by; None: it is one, or too long.

    Our own tables put an apostrophe before ``=``, ``+``, ``-`` and ``@``.
    """
    cell = text.strip()
    if cell.startswith("'") and cell[1:2] in {"=", "+", "-", "@"}:
        cell = cell[1:].lstrip()
    return None if cell.startswith("=") or len(cell) > MOST_CELL_CHARACTERS else cell
