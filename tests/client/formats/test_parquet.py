"""Parquet: every original byte in every row, typed columns beside, bounded row groups, and what is refused."""

from __future__ import annotations

import gc
import io
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import DepotFullError, MalformedInputError, TooLargeError
from app.domain.export import Compression, ExportFormat
from breakwater_client.formats import parquet
from breakwater_client.formats.column_table import COLUMNS
from breakwater_client.formats.parquet import ParquetWriter, read_parquet
from breakwater_client.formats.port import MAIN, ExportedVersion
from breakwater_client.trust.keys import PrivateKey
from tests.factories.awkward_objects import awkward_versions
from tests.factories.exported_versions import ADDED_AT, MemoryOuts, exported, exported_bytes, signed_indicators, written
from tests.factories.stix_objects import indicator, user_account


def file_of(versions: list[ExportedVersion], compression: Compression = Compression.ZSTD) -> io.BytesIO:
    return io.BytesIO(written(ExportFormat.PARQUET, versions, compression)[MAIN])


@settings(max_examples=50, deadline=None)
@given(st.lists(awkward_versions(), max_size=8), st.sampled_from(Compression))
def test_original_bytes_and_attestations_come_out_as_they_went_in(
    versions: list[ExportedVersion], compression: Compression
) -> None:
    assert list(read_parquet(file_of(versions, compression))) == [(one.body, one.attestation) for one in versions]


def test_columns_are_typed() -> None:
    versions = [exported(indicator(confidence=70, created="2026-01-05T10:00:00.5Z")), exported(user_account(), "{}")]
    first, second = pq.read_table(file_of(versions)).to_pylist()
    assert first["created"] == datetime(2026, 1, 5, 10, 0, 0, 500000, tzinfo=UTC)
    assert (first["confidence"], first["harm_types"], first["added_at"]) == (70, ["live-streamed-csa"], ADDED_AT)
    assert (second["account_login"], second["pattern"], second["attestation"]) == ("account-1", None, "{}")
    assert first.keys() == {one.name for one in COLUMNS}


def test_every_column_says_in_the_file_what_it_means() -> None:
    schema = pq.read_schema(file_of([]))
    assert {field.name: field.metadata[b"description"].decode() for field in schema} == {one.name: one.says for one in COLUMNS}


def test_an_empty_file_is_a_table_without_rows() -> None:
    assert pq.read_table(file_of([])).num_rows == 0
    assert list(read_parquet(file_of([]))) == []


def test_row_groups_are_bounded_by_rows_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = signed_indicators(25, PrivateKey.generate())
    monkeypatch.setattr(parquet, "MAX_GROUP_ROWS", 10)
    groups = pq.ParquetFile(file_of(versions)).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [10, 10, 5]
    monkeypatch.setattr(parquet, "MAX_GROUP_BYTES", len(versions[0].body) * 2)
    assert pq.ParquetFile(file_of(versions)).metadata.num_row_groups > 5


@pytest.mark.parametrize(
    ("compression", "name"), [(Compression.ZSTD, "ZSTD"), (Compression.GZIP, "GZIP"), (Compression.NONE, "UNCOMPRESSED")]
)
def test_compression_is_inside(compression: Compression, name: str) -> None:
    metadata = pq.ParquetFile(file_of([exported(indicator())], compression)).metadata
    assert {metadata.row_group(0).column(n).compression for n in range(metadata.num_columns)} == {name}


def test_a_writer_counts_by_type() -> None:
    writer = ParquetWriter(MemoryOuts())
    writer.add([exported(indicator()), exported(user_account())])
    writer.add([exported(indicator())])
    assert writer.close() == {MAIN: {"indicator": 2, "user-account": 1}}


def test_what_is_cut_off_changed_or_no_parquet_is_refused() -> None:
    whole = file_of([exported(indicator()) for _ in range(5)]).getvalue()
    for content in (b"", b"PAR1", whole[:-1], whole[:-100], whole[100:], b"{}" * 100, whole[:-8] + bytes(8)):
        with pytest.raises(MalformedInputError):
            list(read_parquet(io.BytesIO(content)))


def _table(**columns: Any) -> io.BytesIO:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    out.seek(0)
    return out


def test_a_column_whose_name_is_no_text_is_refused() -> None:
    content = file_of([exported(indicator())]).getvalue()
    assert b"version" in content
    with pytest.raises(MalformedInputError):
        list(read_parquet(io.BytesIO(content.replace(b"version", b"ver\xf2ion"))))


def test_a_table_with_other_columns_is_refused() -> None:
    text, binary = pa.array(["x"]), pa.array([b"x"])
    for file in (_table(content=binary), _table(content=text, attestation=text), _table(content=binary, attestation=binary)):
        with pytest.raises(MalformedInputError):
            list(read_parquet(file))


def test_a_row_without_content_is_refused() -> None:
    for content in (None, b""):
        with pytest.raises(MalformedInputError):
            list(read_parquet(_table(content=pa.array([content], pa.binary()), attestation=pa.array([None], pa.string()))))


def test_a_row_group_that_says_to_be_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_READ_GROUP_BYTES", 1000)
    with pytest.raises(TooLargeError):
        list(read_parquet(file_of([exported(indicator())])))


def test_a_value_that_is_named_a_thousand_times_is_held_once() -> None:
    large = b"x" * (1 << 20)
    names = pa.array([0] * 2000, pa.int32())
    content = pa.DictionaryArray.from_arrays(names, pa.array([large]))
    file = _table(content=content, attestation=pa.nulls(2000, pa.string()))
    before = pa.total_allocated_bytes()
    read = read_parquet(file)
    assert next(read) == (large, None)
    assert pa.total_allocated_bytes() - before < 64 << 20


class Full:
    """An out that has room for the first bytes only."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.taken = 0

    def __call__(self, table: str, /) -> Full:
        assert table == MAIN
        return self

    def write(self, data: bytes, /) -> None:
        if self.taken + len(data) > self.room:
            raise DepotFullError("No room is left.")
        self.taken += len(data)


def test_a_fault_of_the_out_is_told_as_what_it_is() -> None:
    writer = ParquetWriter(Full(100))
    with pytest.raises(DepotFullError):
        writer.add([exported_bytes(b'{"a":"%d"}' % n) for n in range(parquet.MAX_GROUP_ROWS)])


def test_what_is_left_unclosed_is_given_no_end() -> None:
    out = Full(1 << 30)
    writer = ParquetWriter(out)
    writer.add([exported(indicator())])
    taken = out.taken
    del writer
    gc.collect()
    assert out.taken == taken
