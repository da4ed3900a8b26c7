"""Tables of text, line by line: comma, semicolon or tab, with or without a byte order mark, in memory that does not grow.

Owns what a table may look like before any column means something. Kept by ``tests/services/importing/test_read_table.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.errors import MalformedInputError

MOST_LINE_BYTES = 262_144
_DELIMITERS = (",", ";", "\t")


class Readable(Protocol):
    """A file of bytes, as far as it is read here."""

    def readline(self, size: int, /) -> bytes:
        """Give the next line, or so many bytes of it; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with the number of the line at which it ends, by column; ``fault``: why it cannot be read."""

    line: int
    cells: dict[str, str] = field(repr=False)
    fault: str | None = None


def lines_of(file: Readable) -> Iterator[str]:
    """Give the lines of a text in UTF-8.

    Raises:
        MalformedInputError: a line is no UTF-8, has a NUL, or is longer than 256 KiB; with its number.
    """
    number = 0
    while line := file.readline(MOST_LINE_BYTES + 1):
        number += 1
        if len(line) > MOST_LINE_BYTES:
            raise MalformedInputError(f"Line {number} has more than {MOST_LINE_BYTES:,} bytes.")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise MalformedInputError(f"Line {number} is no text in UTF-8.") from None
        if "\0" in text:
            raise MalformedInputError(f"Line {number} has a NUL in it; this is no table.")
        yield text.removeprefix("\ufeff") if number == 1 else text


def read_table(file: Readable, known: frozenset[str], needed: frozenset[str]) -> Iterator[TableRow]:
    """Give the rows of a table (unverified) whose first line names its columns, in any order.

    Raises:
        MalformedInputError: no such line, a column that is not ``known`` or is there twice, one that is ``needed`` and is not
            there, or as ``lines_of``.
    """
    lines = lines_of(file)
    header = next(lines, "")
    delimiter = max(_DELIMITERS, key=header.count)
    names = [one.strip().strip('"').lower() for one in header.strip("\r\n").split(delimiter)]
    if not set(names) <= known or len(set(names)) < len(names) or not needed <= set(names):
        columns, must = ", ".join(sorted(known)), ", ".join(sorted(needed))
        sentence = f"The first line names the columns, each once: {columns}; {must} must be there."

        raise MalformedInputError(sentence)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            # What follows an open quote cannot be told from what is in it.
            raise MalformedInputError(f"Line {reader.line_num + 1}: quotes are not closed, or a cell is too long.") from None
        if cells is None:
            return
        line = reader.line_num + 1
        if len(cells) > len(names):
            yield TableRow(line, {}, f"There are more cells than columns ({len(names)}).")
        elif any(one.strip() for one in cells):
            yield TableRow(line, dict(zip(names, cells, strict=False)))
