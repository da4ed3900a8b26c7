"""Tables, whoever wrote them, and what is none."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from app.domain.errors import MalformedInputError
from app.services.importing.read_table import MOST_LINE_BYTES, lines_of, read_table

KNOWN, NEEDED = frozenset({"kind", "value"}), frozenset({"kind"})


def cells(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(one.line, one.cells) for one in read_table(io.BytesIO(content), KNOWN, NEEDED)]


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
def test_delimiters_line_ends_and_a_byte_order_mark_make_no_difference(begin: bytes, delimiter: bytes, end: bytes) -> None:
    lines = [b"Kind" + delimiter + b'"value"', b"url" + delimiter + b'"a,b;c\td"', b"", b"md5" + delimiter + b"x"]
    assert cells(begin + end.join(lines)) == [(2, {"kind": "url", "value": "a,b;c\td"}), (4, {"kind": "md5", "value": "x"})]


def test_a_row_with_too_many_cells_is_told_by_its_line_and_a_short_one_is_taken() -> None:
    first, second = read_table(io.BytesIO(b"kind,value\na,b,c\nd\n"), KNOWN, NEEDED)
    assert (first.line, first.fault is None, second.line, second.cells) == (2, False, 3, {"kind": "d"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"value\nx\n",
        b"kind,kind\n",
        b"kind,other\n",
        b"\x89PNG\r\n",
        b"kind,value\nurl,a\0b\n",
        b"kind,value\nurl,\xff\n",
        b'kind,value\nurl,"open\n' + b"x\n" * 100_000,
        b"kind,value\nurl," + b"a" * MOST_LINE_BYTES,
        b'kind,value\nurl,"a"b\n',
    ],
    ids=range(10),
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedInputError):
        cells(content)


class Endless(io.RawIOBase):
    """A table of so many rows that is nowhere as a whole."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows: Iterator[bytes] = (b"kind,value\n" if one == 0 else b"sha256,%064x\n" % one for one in range(rows + 1))

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size
        return next(self.rows, b"")


def test_a_hundred_thousand_rows_take_no_more_memory_than_a_few() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_table(Endless(100_000), KNOWN, NEEDED))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 1_000_000


def test_lines_are_told_by_number() -> None:
    with pytest.raises(MalformedInputError, match="Line 2 "):
        list(lines_of(io.BytesIO(b"a\n\xff\n")))
