"""CSV: read by the standard library as it was written, no cell a formula, every original byte there; and what is refused."""

from __future__ import annotations

import base64
import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError, TooLargeError
from app.domain.export import ExportFormat
from breakwater_client.formats.column_table import GENERIC, columns_of
from breakwater_client.formats.csv_tables import OTHER, TablesWriter, original_text, read_table, safe_text
from breakwater_client.formats.port import ExportedVersion
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.awkward_objects import FORMULAS, TEXTS, awkward_versions
from tests.factories.exported_versions import MemoryOuts, exported, exported_bytes, pieces, written
from tests.factories.stix_objects import indicator, user_account

FIRST = set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def table(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter=delimiter, strict=delimiter == ","))


def one_table(*versions: ExportedVersion) -> bytes:
    [content] = written(ExportFormat.CSV, versions).values()
    return content


@settings(max_examples=300)
@given(TEXTS)
def test_a_cell_gives_its_text_back(text: str) -> None:
    assert original_text(safe_text(text)) == text


@given(TEXTS)
def test_no_cell_begins_as_a_formula_wherever_a_program_lets_cells_begin(text: str) -> None:
    cell = safe_text(text)
    for separator in (";", "\t", "\n", "\r"):
        assert not any(part.lstrip("\t\r\n")[:1] in FIRST for part in cell.split(separator) if part)


@pytest.mark.parametrize("text", FORMULAS)
def test_every_known_formula_is_defused(text: str) -> None:
    assert safe_text(text) != text
    assert original_text(safe_text(text)) == text


@pytest.mark.parametrize(
    "text", ["", "plain", "a=b", "a - b", "it's", "[url:value IN ('a','b')]", "a; b", "1+1", "two\r\n\r\nparagraphs", "a;\tb"]
)
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert safe_text(text) == text


@settings(max_examples=60, deadline=None)
@given(st.lists(awkward_versions(), max_size=6), st.integers(1, 300))
def test_original_bytes_and_attestations_come_out_as_they_went_in(versions: list[ExportedVersion], size: int) -> None:
    files = written(ExportFormat.CSV, versions)
    read = [pair for content in files.values() for pair in read_table(pieces(content, size))]
    assert sorted(read, key=str) == sorted(((one.body, one.attestation) for one in versions), key=str)


@settings(max_examples=60, deadline=None)
@given(st.lists(awkward_versions(), min_size=1, max_size=6))
def test_the_standard_library_reads_every_row_and_no_cell_is_a_formula(versions: list[ExportedVersion]) -> None:
    rows = [row for content in written(ExportFormat.CSV, versions).values() for row in table(content)]
    assert sorted(base64.b64decode(row["content"]) for row in rows) == sorted(one.body for one in versions)
    texts = {one.name for one in columns_of("indicator") if one.kind.name in {"TEXT", "TEXTS", "JSON"}}
    assert not [name for row in rows for name, cell in row.items() if name in texts and cell[:1] in FIRST]


def test_a_text_in_a_cell_can_be_had_back() -> None:
    for text in FORMULAS:
        [row] = table(one_table(exported(indicator(name=text))))
        assert original_text(row["name"]) == text


def test_there_is_a_file_for_each_type_and_one_for_types_without_columns_of_their_own() -> None:
    outs = MemoryOuts()
    writer = TablesWriter(outs)
    odd = [exported_bytes(b'{"a":1}', stix_type=name) for name in ("x-first", "x-second")]
    writer.add([exported(indicator()), exported(user_account()), *odd, exported(indicator())])
    assert writer.close() == {
        "indicator": {"indicator": 2},
        "user-account": {"user-account": 1},
        OTHER: {"x-first": 1, "x-second": 1},
    }
    assert outs.files.keys() == {"indicator", "user-account", OTHER}


def test_the_header_is_always_there() -> None:
    expected = ",".join(one.name for one in columns_of("indicator")).encode() + b"\r\n"
    assert one_table(exported(indicator())).startswith(expected)
    assert written(ExportFormat.CSV, []) == {OTHER: ",".join(one.name for one in GENERIC).encode() + b"\r\n"}


def test_values_are_spelled_for_loading() -> None:
    place = {
        "type": "location",
        "latitude": -12.5,
        "longitude": 0.1,
        "revoked": False,
        "labels": ["a,b", "=c"],
        "id": "location--1",
    }
    [row] = table(one_table(exported(place, log_index=9007199254740991)))
    wanted = {"latitude": "-12.5", "longitude": "0.1", "revoked": "false", "labels": '["a,b","=c"]', "confidence": ""}
    assert {name: row[name] for name in wanted} == wanted
    assert (row["log_index"], row["added_at"]) == ("9007199254740991", "2026-11-26T12:30:15.123456Z")


def _refused() -> list[bytes]:
    whole = one_table(exported(indicator(name='a "quoted"\r\ntext')), exported(indicator()))
    header, rest = whole.split(b"\r\n", 1)
    cell = rest.rsplit(b",", 1)[1]
    return [
        b"",
        whole[:-1],
        whole[:-40],
        header[:-1] + b"\r\n" + rest,
        header + b",content\r\n" + rest,
        header + b"\n" + rest,
        header + b"\r\n" + rest.replace(b"indicator--", b'"indicator--', 1),
        header + b"\r\na,b\r\n",
        header + b"\r\n\r\n",
        whole.replace(cell, b"e30\r\n"),
        whole.replace(cell, b"\r\n"),
        whole.replace(cell, b"!!!!\r\n"),
        whole.replace(b"quoted", b'quo"ted'),
        whole + b"\r\n",
    ]


REFUSED = _refused()


@pytest.mark.parametrize("content", REFUSED, ids=range(len(REFUSED)))
@pytest.mark.parametrize("size", [1, 10_000])
def test_what_is_cut_off_or_written_by_others_is_refused(content: bytes, size: int) -> None:
    with pytest.raises(MalformedInputError):
        list(read_table(pieces(content, size)))


def test_an_attestation_that_is_no_text_is_refused() -> None:
    content = one_table(exported(indicator(), "{}")).replace(b"{}", b"\xff\xff")
    with pytest.raises(MalformedInputError):
        list(read_table([content]))


def test_a_row_that_never_ends_is_refused_before_it_is_held() -> None:
    content = one_table(exported(indicator()))
    with pytest.raises(TooLargeError):
        list(read_table(pieces(content + b'"' + b"x" * 100_000, 1000), most=20_000))


def test_any_object_of_any_size_fits() -> None:
    body = canonical_bytes({"type": "indicator", "description": random.Random(1).randbytes(1 << 20).hex()})
    assert list(read_table(pieces(one_table(exported_bytes(body)), 1 << 16))) == [(body, None)]
