"""What is left of a file of an export once objects were taken out of it: the same form, each object's bytes as they were.

Owns the choice of the form's own function. Which objects go is whose who asks; seals, hashes and names are, too. Memory does not
grow with the file. Kept by ``tests/client/formats/test_remainders.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

from breakwater_client.export import Compression, ExportFormat
from breakwater_client.formats.bundles import keep_in_bundle
from breakwater_client.formats.compression import compressing, decompressed
from breakwater_client.formats.csv_tables import keep_in_table
from breakwater_client.formats.lines import keep_lines
from breakwater_client.formats.parquet_extra import parquet_module
from breakwater_client.formats.port import Out
from breakwater_client.formats.readers import MAX_FILE_BYTES, pieces_of

Keeps = Callable[[bytes], bool]
"""Whether an object stays, by its original bytes; of a file of attestations, whether a line does."""


def write_remainder(form: ExportFormat, compression: Compression, file: BinaryIO, out: Out, keeps: Keeps) -> None:
    """Write what is left of a file (unverified bytes, not encrypted; seekable if it is Parquet). ``out`` stays open.

    Raises:
        MalformedInputError, TooLargeError, UnavailableError: as ``read_versions``; what was written before that is not whole.
    """
    if form is ExportFormat.PARQUET:
        parquet_module().keep_in_parquet(file, out, keeps, compression)
    else:
        _write(_KEEPING[form], compression, file, out, keeps)


def write_attestation_remainder(compression: Compression, file: BinaryIO, out: Out, keeps: Keeps) -> None:
    """Write what is left of a file of attestations (unverified bytes). Raises as ``write_remainder``."""
    _write(keep_lines, compression, file, out, keeps)


def _write(keeping: Keeping, compression: Compression, file: BinaryIO, out: Out, keeps: Keeps) -> None:
    compressed = compressing(out, compression)
    keeping(decompressed(pieces_of(file), compression, MAX_FILE_BYTES), compressed, keeps)
    compressed.close()


Keeping = Callable[[Iterable[bytes], Out, Keeps], None]

_KEEPING: dict[ExportFormat, Keeping] = {
    ExportFormat.CSV: keep_in_table,
    ExportFormat.STIX_BUNDLE: keep_in_bundle,
    ExportFormat.STIX_NDJSON: keep_lines,
}
