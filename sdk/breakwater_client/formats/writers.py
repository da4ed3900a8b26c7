"""Which writer, and which ending of a file's name, belong to a form and a compression.

Owns the choice and the stacking: form, then compression; sealing and hashing are whose who gives the outs. Kept by
``tests/client/formats/test_writers.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from breakwater_client.export import Compression, ExportFormat
from breakwater_client.formats.bundles import BundleWriter
from breakwater_client.formats.compression import ClosableOut, compressing
from breakwater_client.formats.csv_tables import TablesWriter
from breakwater_client.formats.lines import LinesWriter
from breakwater_client.formats.parquet_extra import parquet_module
from breakwater_client.formats.port import ATTESTATIONS, MAIN, FormatWriter, Out, Outs

_EXTENSIONS = {
    ExportFormat.CSV: ".csv",
    ExportFormat.PARQUET: ".parquet",
    ExportFormat.STIX_BUNDLE: ".json",
    ExportFormat.STIX_NDJSON: ".ndjson",
}
_COMPRESSED = {Compression.GZIP: ".gz", Compression.NONE: "", Compression.ZSTD: ".zst"}


def writer_for(form: ExportFormat, compression: Compression, outs: Outs) -> FormatWriter:
    """Give a writer of one unit. It asks ``outs`` for the file of each table that it needs, and writes stored bytes into it.

    Raises:
        UnavailableError: a form that needs an extra which is not installed.
    """
    if form is ExportFormat.PARQUET:
        writer: FormatWriter = parquet_module().ParquetWriter(outs, compression)
        return writer
    compressors = _Compressors(outs, compression)
    return _Stacked(_WRITERS[form](compressors), compressors)


def has_columns(form: ExportFormat) -> bool:
    """Whether a form says of a version what its columns ask for; else it is made of bodies alone."""
    return form in {ExportFormat.CSV, ExportFormat.PARQUET}


def extension_for(form: ExportFormat, compression: Compression, table: str = MAIN) -> str:
    """Give how the name of a unit's file ends, with its table: ``-attestations.ndjson.zst``, ``-indicator.csv``, ``.parquet``."""
    if form is ExportFormat.PARQUET:
        return _EXTENSIONS[form]
    ending = ".ndjson" if table == ATTESTATIONS else _EXTENSIONS[form]
    return (f"-{table}" if table else "") + ending + _COMPRESSED[compression]


class _Compressors:
    """Outs that compress, and end their streams together."""

    def __init__(self, outs: Outs, compression: Compression) -> None:
        self._outs, self._compression = outs, compression
        self._open: list[ClosableOut] = []

    def __call__(self, table: str, /) -> Out:
        self._open.append(compressing(self._outs(table), self._compression))
        return self._open[-1]

    def close(self) -> None:
        for out in self._open:
            out.close()


class _Stacked:
    """A form on top of its compression."""

    def __init__(self, writer: FormatWriter, compressors: _Compressors) -> None:
        self._writer, self._compressors = writer, compressors

    def add(self, versions: Any) -> None:
        self._writer.add(versions)

    def close(self) -> Mapping[str, Mapping[str, int]]:
        counts = self._writer.close()
        self._compressors.close()
        return counts


_WRITERS: dict[ExportFormat, Callable[[Outs], FormatWriter]] = {
    ExportFormat.CSV: TablesWriter,
    ExportFormat.STIX_BUNDLE: BundleWriter,
    ExportFormat.STIX_NDJSON: LinesWriter,
}
