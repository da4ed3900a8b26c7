"""CSV: a table for each STIX type, in a file of its own, with a header (RFC 4180, UTF-8, lines ended by CR LF).

Owns the spelling of cells, and that none of them is a formula to a spreadsheet. The columns are ``column_table``'s. ``content``
is base64: exact bytes, whatever a program does to texts. Kept by ``tests/client/formats/test_csv_tables.py``.

Formulas: a text that begins with ``= + - @ '``, a tab or a line break (or the wide forms of the first four) has one ``'`` put
before it; and so has each sign (no tab, no line break) that stands after ``;``, a tab or a line break, where programs of other
countries begin a cell. Taking these ``'`` away again gives the text as it was (``original_text``). Numbers stay numbers.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from breakwater_client.errors import MalformedInputError, TooLargeError
from breakwater_client.formats.column_table import GENERIC, TYPES, columns_of
from breakwater_client.formats.columns import Column, Kind, Rows, Source
from breakwater_client.formats.port import ExportedVersion, Out, Outs
from breakwater_client.instant import instant_text

OTHER = "other"
"""The table of objects whose type has none of its own; and the only one, with a header alone, where there are no objects."""

MAX_RECORD_BYTES = 32 * 1024 * 1024
"""So long is a row that is read, at most."""

_FORMULA = "'=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_WITHIN = "'=+\\-@\uff1d\uff0b\uff0d\uff20"
_STARTS = frozenset("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_INSIDE = re.compile(f"[;\t\r\n][{_WITHIN}]")
_BEFORE = re.compile(f"\\A(?=[{_FORMULA}])|(?<=[;\t\r\n])(?=[{_WITHIN}])")
_ADDED = re.compile(f"\\A'(?=[{_FORMULA}])|(?<=[;\t\r\n])'(?=[{_WITHIN}])")
_SPECIAL = re.compile('[;\t\r\n",]')
_QUOTED = re.compile('[\r\n",]')
_CELL = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\Z)')


class TablesWriter:
    """Writes CSV: the files of all types that occur, next to each other."""

    def __init__(self, outs: Outs) -> None:
        """Begin nothing yet."""
        self._outs = outs
        self._tables: dict[str, _Table] = {}

    def add(self, versions: Sequence[ExportedVersion]) -> None:
        """Write some versions, each into the table of its type, in order."""
        by_table: dict[str, list[ExportedVersion]] = {}
        for one in versions:
            by_table.setdefault(one.stix_type if one.stix_type in TYPES else OTHER, []).append(one)
        for name, rows in by_table.items():
            self._table(name).write(rows)

    def close(self) -> Mapping[str, Mapping[str, int]]:
        """Give the counts by table; everything is written already, but for the header of an empty unit."""
        if not self._tables:
            self._table(OTHER)
        return {name: dict(table.counts) for name, table in self._tables.items()}

    def _table(self, name: str) -> _Table:
        if name not in self._tables:
            self._tables[name] = _Table(self._outs(name), GENERIC if name == OTHER else columns_of(name))
        return self._tables[name]


class _Table:
    """One file of CSV."""

    def __init__(self, out: Out, columns: Sequence[Column]) -> None:
        self._out, self._columns = out, columns
        self.counts: Counter[str] = Counter()
        self._put([[one.name for one in columns]])  # names need no quotes

    def write(self, versions: Sequence[ExportedVersion]) -> None:
        rows = Rows(versions)
        cells = [_cells(column, rows.column(column), len(versions)) for column in self._columns]
        self._put(zip(*cells, strict=True))
        self.counts.update([one.stix_type for one in versions])

    def _put(self, rows: Iterable[Iterable[str]]) -> None:
        self._out.write("".join([",".join(row) + "\r\n" for row in rows]).encode())


def safe_text(text: str) -> str:
    """Give a text as it stands in a cell: no formula to a spreadsheet."""
    return _BEFORE.sub("'", text) if text[:1] in _STARTS or _INSIDE.search(text) else text


def original_text(cell: str) -> str:
    """Give the text that ``safe_text`` made a cell of."""
    return _ADDED.sub("", cell)


def read_table(pieces: Iterable[bytes], most: int = MAX_RECORD_BYTES) -> Iterator[tuple[bytes, str | None]]:
    """Give content and attestation of each row of a file (unverified bytes) as ``TablesWriter`` writes it.

    Raises:
        MalformedInputError: no CSV as the exchange writes it, cut off, other columns, or content that is no base64.
        TooLargeError: a row of more than ``most`` bytes.
    """
    records = _records(pieces, most)
    columns = _Columns(next(records, b""))
    for record in records:
        content, attestation = columns.of(record)
        yield _content(content), _attestation(attestation)


def keep_in_table(pieces: Iterable[bytes], out: Out, keeps: Callable[[bytes], bool]) -> None:
    """Write those rows of a table (unverified bytes) whose content is to be kept, as they are. Raises as ``read_table``."""
    records = _records(pieces, MAX_RECORD_BYTES)
    header = next(records, b"")
    columns = _Columns(header)
    out.write(header + b"\r\n")
    for record in records:
        if keeps(_content(columns.of(record)[0])):
            out.write(record + b"\r\n")


class _Columns:
    """Where a table's columns are, by its header."""

    def __init__(self, header: bytes) -> None:
        names = _split(header)
        if names.count(b"content") != 1 or names.count(b"attestation") != 1:
            raise _malformed()
        self._content, self._attestation, self._count = names.index(b"content"), names.index(b"attestation"), len(names)

    def of(self, record: bytes) -> tuple[bytes, bytes]:
        """Give a row's cells of content and attestation."""
        cells = _split(record)
        if len(cells) != self._count:
            raise _malformed()
        return cells[self._content], cells[self._attestation]


def _cells(column: Column, values: Sequence[Any] | None, rows: int) -> Sequence[str]:
    """Give a column's cells as they are written; null is an empty one."""
    if values is None:
        return [""] * rows
    spell = _SPELLED[column.kind] if column.source is not Source.VERSION else _OF_VERSIONS[column.kind]
    return ["" if one is None else spell(one) for one in values]


def _cell(text: str) -> str:
    """Give a text as a cell: no formula, and in quotes where it needs them."""
    if text[:1] not in _STARTS and not _SPECIAL.search(text):  # nearly all
        return text
    safe = safe_text(text)
    return '"' + safe.replace('"', '""') + '"' if _QUOTED.search(safe) else safe


def _base64(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode()


def _text_of_instant(value: tuple[str, object]) -> str:
    return value[0]


def _texts(value: list[str]) -> str:
    return _cell(orjson.dumps(value).decode())


def _truth(value: object) -> str:
    return "true" if value else "false"


_SPELLED: Mapping[Kind, Callable[[Any], str]] = {
    Kind.INSTANT: _text_of_instant,
    Kind.JSON: _cell,
    Kind.REAL: repr,
    Kind.TEXT: _cell,
    Kind.TEXTS: _texts,
    Kind.TRUTH: _truth,
    Kind.WHOLE: repr,
}
_OF_VERSIONS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.BYTES: _base64,
    Kind.INSTANT: instant_text,
    Kind.JSON: _cell,
    Kind.TEXT: _cell,
    Kind.WHOLE: repr,
}
"""How what the exchange says itself is spelled."""


def _records(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Give the rows without their ends. A line break ends a row where as many quotes were opened as closed."""
    held: list[bytes] = []
    size = quotes = 0
    for piece in pieces:
        lines = piece.split(b"\n")
        for number, line in enumerate(lines):
            ends = number < len(lines) - 1
            held.append(line + b"\n" if ends else line)
            size += len(held[-1])
            quotes += line.count(b'"')
            if size > most:
                raise TooLargeError("A row is longer than any object may be.")
            if ends and quotes % 2 == 0:
                yield _without_end(b"".join(held))
                held, size, quotes = [], 0, 0
    if size:
        raise MalformedInputError("The file is cut off: its last row has no end.")


def _without_end(record: bytes) -> bytes:
    if not record.endswith(b"\r\n"):
        raise _malformed()
    return record[:-2]


def _split(record: bytes) -> list[bytes]:
    """Give the cells of a row."""
    cells, at = [], 0
    while True:
        found = _CELL.match(record, at)
        if found is None:
            raise _malformed()
        cells.append(found[2] if found[1] is None else found[1].replace(b'""', b'"'))
        if not found[3]:
            return cells
        at = found.end()


def _content(cell: bytes) -> bytes:
    try:
        content = base64.b64decode(cell, validate=True)
    except ValueError:
        raise _malformed() from None
    if not content or binascii.b2a_base64(content, newline=False) != cell:
        raise _malformed()
    return content


def _attestation(cell: bytes) -> str | None:
    try:
        return original_text(cell.decode()) or None
    except UnicodeDecodeError:
        raise _malformed() from None


def _malformed() -> MalformedInputError:
    return MalformedInputError("The file is no table as the exchange writes it.")
