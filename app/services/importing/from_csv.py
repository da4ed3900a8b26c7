"""Observables in a table of one's own: a row each, with the columns that ``docs/importing.md`` lists.

Owns columns and their meaning. Kept by ``tests/services/importing/test_from_csv.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.domain.observation import ObservableKind
from app.services.importing.read_table import Readable, TableRow, read_table
from app.services.importing.rows import MOST_CELL_CHARACTERS, Found, Left, Row, plain_cell

_TOKEN = ("scheme", "epoch", "token")
_WORDS = ("value", "role", "service", "subject_status", "valid_until", "language", "payment_kind")
COLUMNS = frozenset({"kind", "quality", *_WORDS, *_TOKEN})
"""All columns; every one but ``kind`` may be left out, and every cell be empty but for a value or a token."""

_KINDS = frozenset(ObservableKind) - {ObservableKind.VPDQ}


def read_csv(file: Readable) -> Iterator[Row]:
    """Give the observables of a table (unverified). What is wrong in a row is told with its line and column.

    Raises:
        MalformedInputError: it is no such table, or cannot be read to its end.
    """
    for row in read_table(file, COLUMNS, frozenset({"kind"})):
        yield _row(row)


def _row(row: TableRow) -> Row:
    place = f"line {row.line}"
    if row.fault is not None:
        return Left(place, row.fault)
    cells: dict[str, str] = {}
    for name, text in row.cells.items():
        cell = plain_cell(text)
        if cell is None:
            sentence = f"A cell has {MOST_CELL_CHARACTERS:,} characters at most, and is no formula."
            return Left(f"{place}, column {name}", sentence)
        if cell:
            cells[name] = cell
    kind = cells.get("kind", "").lower()
    if kind not in _KINDS:
        return Left(f"{place}, column kind", f"This is none of the kinds: {', '.join(sorted(_KINDS))}.")
    quality = cells.get("quality")
    if quality is not None and not (quality.isascii() and quality.isdigit() and len(quality) <= len("100")):
        return Left(f"{place}, column quality", "A quality is a whole number from 0 to 100.")
    return _found(place, kind, cells)


def _found(place: str, kind: str, cells: dict[str, str]) -> Row:
    observable: dict[str, Any] = {"kind": kind} | {name: cells[name] for name in _WORDS if name in cells}
    if "quality" in cells:
        observable["quality"] = int(cells["quality"])
    if "token" in cells:
        observable["token"] = {name: cells[name] for name in _TOKEN if name in cells}
    if ("value" in cells) == ("token" in cells):
        return Left(place, "A row has a value or a token, and not both.")
    return Found(place, observable)
