"""Parquet that DuckDB, pandas and Spark read: one table with a row for each object version, of whatever type.

Owns the file: row groups of bounded size, compression inside, no statistics of what nobody filters by. The columns are
``column_table``'s; their descriptions are in the schema. Loaded by ``parquet_extra`` alone. Kept by
``tests/client/formats/test_parquet.py``.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from breakwater_client.errors import MalformedInputError, TooLargeError
from breakwater_client.export import Compression
from breakwater_client.formats.column_table import COLUMNS
from breakwater_client.formats.columns import Column, Kind, Rows, Source
from breakwater_client.formats.port import MAIN, ExportedVersion, Out, Outs

MAX_GROUP_ROWS = 10_000
MAX_GROUP_BYTES = 16 * 1024 * 1024
"""A row group is written when it has so many rows, or bodies of so many bytes: what a writer holds in memory."""

MAX_READ_GROUP_BYTES = 512 * 1024 * 1024
"""A row group that says to be larger, uncompressed, is not read."""

_READ_ROWS = 1_000
_KEPT_ROWS = 2_500
_COMPRESSIONS = {Compression.GZIP: "gzip", Compression.NONE: "none", Compression.ZSTD: "zstd"}
_FEW_VALUES = [one.name for one in COLUMNS if one.name in {"type", "publisher", "assurance", "keyid", "signer", "spec_version"}]
_FILTERED = [one.name for one in COLUMNS if one.kind is Kind.INSTANT] + ["id", "type", "publisher", "log_index"]


class ParquetWriter:
    """Writes one file of Parquet, row group by row group."""

    def __init__(self, outs: Outs, compression: Compression = Compression.ZSTD) -> None:
        """Begin the file."""
        self._stream = _Stream(outs(MAIN))
        self._writer = _writer(self._stream, _schema(), compression)
        self._held: list[ExportedVersion] = []
        self._held_bytes = 0
        self._counts: Counter[str] = Counter()

    def add(self, versions: Sequence[ExportedVersion]) -> None:
        """Write some versions, in order, as soon as they fill a row group."""
        for one in versions:
            self._held.append(one)
            self._held_bytes += len(one.body)
            if len(self._held) >= MAX_GROUP_ROWS or self._held_bytes >= MAX_GROUP_BYTES:
                self._write_group()

    def close(self) -> Mapping[str, Mapping[str, int]]:
        """Write the last row group and the footer. Gives the counts by table."""
        if self._held:
            self._write_group()
        self._writer.close()
        return {MAIN: dict(self._counts)}

    def __del__(self) -> None:
        """Write nothing more: the library would put an end to what was left unclosed, when it forgets it."""
        if hasattr(self, "_stream"):
            self._stream.forget()

    def _write_group(self) -> None:
        rows = Rows(self._held)
        arrays = [_array(column, rows.column(column), len(self._held)) for column in COLUMNS]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=_schema()))
        self._counts.update([one.stix_type for one in self._held])
        self._held, self._held_bytes = [], 0


def read_parquet(file: BinaryIO) -> Iterator[tuple[bytes, str | None]]:
    """Give content and attestation of each row of a file (seekable; unverified bytes) as ``ParquetWriter`` writes it.

    Verify where the file comes from first: the reader is a large library. What it holds is bounded by what a row group says.

    Raises:
        MalformedInputError: no Parquet, cut off, other columns, or no content in a row.
        TooLargeError: a row group of more than ``MAX_READ_GROUP_BYTES``.
    """
    try:
        # A dictionary is not unfolded: a value of a mebibyte that is named a thousand times stays one value.
        opened = pq.ParquetFile(file, read_dictionary=["content", "attestation"], thrift_string_size_limit=1 << 24)
        _check_form(opened)
        for batch in opened.iter_batches(_READ_ROWS, columns=["content", "attestation"]):
            yield from _pairs(batch.column("content"), batch.column("attestation"))
    except (pa.ArrowException, OSError, KeyError, ValueError) as refusal:  # a name in it may be no text
        raise MalformedInputError("The file is no whole file of Parquet.") from refusal


def keep_in_parquet(file: BinaryIO, out: Out, keeps: Callable[[bytes], bool], compression: Compression) -> None:
    """Write those rows of a file (seekable; unverified bytes) whose content is to be kept, with all columns that it has.

    Raises as ``read_parquet``.
    """
    stream = _Stream(out)
    try:
        opened = pq.ParquetFile(file, thrift_string_size_limit=1 << 24)
        _check_form(opened)
        writer = _writer(stream, opened.schema_arrow, compression)
        for batch in opened.iter_batches(_KEPT_ROWS):
            pairs = _pairs(batch.column("content"), batch.column("attestation"))
            writer.write_batch(batch.filter(pa.array([keeps(content) for content, _ in pairs], pa.bool_())))
        writer.close()
    except (pa.ArrowException, OSError, KeyError) as refusal:
        raise MalformedInputError("The file is no whole file of Parquet.") from refusal
    finally:
        stream.forget()


class _Stream(io.RawIOBase):
    """An out as the library wants it: it counts its own position and never seeks."""

    def __init__(self, out: Out) -> None:
        super().__init__()
        self._out: Out | None = out

    def forget(self) -> None:
        self._out = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if self._out is not None:
            self._out.write(bytes(data))
        return len(data)


def _check_form(opened: pq.ParquetFile) -> None:
    schema = opened.schema_arrow
    kinds = {name: str(schema.field(name).type) for name in ("content", "attestation") if name in schema.names}
    if {name: kind.replace("dictionary<values=", "").split(",")[0] for name, kind in kinds.items()} != {
        "content": "binary",
        "attestation": "string",
    }:
        raise MalformedInputError("The file of Parquet has other columns than the exchange writes.")
    metadata = opened.metadata
    for number in range(metadata.num_row_groups):
        if metadata.row_group(number).total_byte_size > MAX_READ_GROUP_BYTES:
            raise TooLargeError("A row group is larger than any that the exchange writes.")


def _pairs(contents: Any, attestations: Any) -> Iterator[tuple[bytes, str | None]]:
    for content, attestation in zip(contents, attestations, strict=True):
        body = content.as_py()
        if not body:
            raise MalformedInputError("A row has no content.")
        yield body, attestation.as_py()


def _writer(stream: _Stream, schema: pa.Schema, compression: Compression) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        stream,
        schema,
        compression=_COMPRESSIONS[compression],
        compression_level=1 if compression is Compression.ZSTD else None,
        use_dictionary=_FEW_VALUES,
        write_statistics=_FILTERED,
        version="2.6",
        data_page_version="1.0",
    )


@cache
def _schema() -> pa.Schema:
    kinds: dict[Kind, Callable[[], pa.DataType]] = {
        Kind.BYTES: pa.binary,
        Kind.INSTANT: lambda: pa.timestamp("us", tz="UTC"),
        Kind.JSON: pa.string,
        Kind.REAL: pa.float64,
        Kind.TEXT: pa.string,
        Kind.TEXTS: lambda: pa.list_(pa.string()),
        Kind.TRUTH: pa.bool_,
        Kind.WHOLE: pa.int64,
    }
    fields = [pa.field(one.name, kinds[one.kind](), metadata={"description": one.says}) for one in COLUMNS]
    return pa.schema(fields, metadata={"breakwater": "export-table-1"})


def _array(column: Column, values: Sequence[Any] | None, rows: int) -> pa.Array:
    kind = _schema().field(column.name).type
    if values is None:
        return pa.nulls(rows, kind)
    if column.kind is Kind.INSTANT and column.source is not Source.VERSION:
        values = [None if one is None else one[1] for one in values]
    return pa.array(values, kind)
