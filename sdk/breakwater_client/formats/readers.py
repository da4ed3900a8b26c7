"""Which reader belongs to a form, and how much is taken from one file.

Owns the choice and the bounds. Reads files as the exchange writes them, and refuses all others; verifies nothing. Kept by
``tests/client/formats/test_readers.py``, which writes and reads every form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from breakwater_client.export import Compression, ExportFormat
from breakwater_client.formats.bundles import read_bundle
from breakwater_client.formats.compression import MAX_PIECE_BYTES, decompressed
from breakwater_client.formats.csv_tables import read_table
from breakwater_client.formats.lines import read_lines
from breakwater_client.formats.parquet_extra import parquet_module

MAX_FILE_BYTES = 8 * 1024**3
"""So much is taken from one file, decompressed: far more than the exchange puts into one."""

Content = tuple[bytes, str | None]
"""The original bytes of an object, and the exchange's attestation if the form has a place for it."""


def read_versions(form: ExportFormat, compression: Compression, file: BinaryIO, most: int = MAX_FILE_BYTES) -> Iterator[Content]:
    """Give what a file holds (unverified bytes, not encrypted; seekable if it is Parquet): bytes and attestation, in order.

    Attestations of NDJSON and bundles lie in a file of their own: ``read_attestation_lines``. That the bytes are JSON, and whose
    they are, is NOT checked.

    Raises:
        MalformedInputError: not as the exchange writes it, damaged or cut off; what was given before that is not all.
        TooLargeError: more than ``most`` bytes, or one object of more than any may have.
        UnavailableError: the extra that the form needs is not installed.
    """
    if form is ExportFormat.PARQUET:
        read: Iterator[Content] = parquet_module().read_parquet(file)
        return read
    return _READERS[form](decompressed(pieces_of(file), compression, most))


def read_attestation_lines(compression: Compression, file: BinaryIO, most: int = MAX_FILE_BYTES) -> Iterator[bytes]:
    """Give the lines of a file of attestations (unverified bytes), each a DSSE envelope. Raises as ``read_versions``."""
    return read_lines(decompressed(pieces_of(file), compression, most))


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """Give a file's bytes in pieces of bounded size, from where it stands."""
    while piece := file.read(MAX_PIECE_BYTES):
        yield piece


def _lines(pieces: Iterable[bytes]) -> Iterator[Content]:
    return ((line, None) for line in read_lines(pieces))


def _bundle(pieces: Iterable[bytes]) -> Iterator[Content]:
    return ((content, None) for content in read_bundle(pieces))


_READERS: dict[ExportFormat, Callable[[Iterable[bytes]], Iterator[Content]]] = {
    ExportFormat.CSV: read_table,
    ExportFormat.STIX_BUNDLE: _bundle,
    ExportFormat.STIX_NDJSON: _lines,
}
