"""NDJSON: the stored bytes, a line each, and what of a file is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError, TooLargeError
from app.domain.export import ExportFormat
from breakwater_client.formats.lines import LinesWriter, read_lines
from breakwater_client.formats.port import ATTESTATIONS, MAIN
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.exported_versions import MemoryOuts, bodies_of, exported_bytes, pieces, written

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
BODIES = st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3).map(canonical_bytes), max_size=12)


@given(BODIES, st.integers(1, 40))
def test_what_is_written_is_read_again_in_pieces_of_any_size(bodies: list[bytes], size: int) -> None:
    files = written(ExportFormat.STIX_NDJSON, [exported_bytes(one) for one in bodies])
    assert list(read_lines(pieces(files[MAIN], size))) == bodies


def test_each_line_is_the_stored_bytes() -> None:
    bodies = ['{"a":"\u2028é"}'.encode(), b'{"b":1}']
    files = written(ExportFormat.STIX_NDJSON, [exported_bytes(one) for one in bodies])
    assert files == {MAIN: b'{"a":"\xe2\x80\xa8\xc3\xa9"}\n{"b":1}\n'}


def test_attestations_go_into_a_file_beside() -> None:
    versions = [exported_bytes(b"{}"), exported_bytes(b'{"a":1}', '{"payload":"x"}', stix_type="report"), exported_bytes(b"{}")]
    files = written(ExportFormat.STIX_NDJSON, versions, batch=1)
    assert files[ATTESTATIONS] == b'{"payload":"x"}\n'
    assert files[MAIN].count(b"\n") == 3


def test_a_writer_counts_by_type() -> None:
    writer = LinesWriter(MemoryOuts())
    writer.add(bodies_of([exported_bytes(b"{}"), exported_bytes(b"{}", "{}", stix_type="report")]))
    writer.add(bodies_of([exported_bytes(b"{}")]))
    assert writer.close() == {MAIN: {"indicator": 2, "report": 1}, ATTESTATIONS: {"report": 1}}


def test_a_file_of_nothing_is_empty() -> None:
    assert written(ExportFormat.STIX_NDJSON, []) == {MAIN: b""}
    assert list(read_lines([])) == []


@pytest.mark.parametrize("content", [b'{"a":1}', b'{"a":1}\n{"b"', b'{"a":1}\n\n{"b":1}\n', b"\n"])
@pytest.mark.parametrize("size", [1, 100])
def test_a_file_that_is_cut_off_or_has_empty_lines_is_refused(content: bytes, size: int) -> None:
    with pytest.raises(MalformedInputError):
        list(read_lines(pieces(content, size)))


def test_a_line_that_never_ends_is_refused_before_it_is_held() -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    with pytest.raises(TooLargeError):
        list(read_lines(endless(), most=10_000))  # type: ignore[arg-type]  # a generator of bytes
    assert taken == 11
