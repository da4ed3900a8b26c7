"""Files of an export, opened for verifying: whatever their form, what comes out is objects, one a line, and attestations.

Owns which files are opened: those compressed with zstd or gzip, Parquet, tables of CSV, and lines of attestations. All others are
given back as they are. Does not decrypt, and asks no manifest. Kept by ``tests/services/offline/test_open_exports.py``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.errors import BreakwaterError
from app.domain.export import Compression, ExportFormat
from app.services.offline.recognise_file import FileKind
from app.services.offline.verify_files import FailedFile
from breakwater_client.formats.compression import decompressed
from breakwater_client.formats.readers import read_versions
from breakwater_client.submission import Refusal
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_receipts import VerifiedAttestation, read_attestations

MAX_OPENED_BYTES = 1 << 30
"""So much is taken out of one file: verifying holds a file in memory."""

_COMPRESSED = {b"\x28\xb5\x2f\xfd": Compression.ZSTD, b"\x1f\x8b": Compression.GZIP}
_TABLES = {b"PAR1": ExportFormat.PARQUET, b"id,type,version,": ExportFormat.CSV}
_ATTESTATION = f'"payloadType":"{PayloadType.ATTESTATION}"'.encode()


@dataclass(slots=True)
class OpenedExports:
    """What files held: contents by name, what the exchange attests by payload digest, and the files that could not be opened."""

    contents: dict[str, bytes] = field(default_factory=dict)
    attestations: dict[str, VerifiedAttestation] = field(default_factory=dict)
    failures: list[FailedFile] = field(default_factory=list)


def open_exports(files: Mapping[str, bytes], keys: Sequence[ExchangeKey]) -> OpenedExports:
    """Open what of these files (unverified, by name) is an export's; attestations count if one of ``keys`` signed them.

    Without any key, attestations are passed over. Nothing is raised.
    """
    opened = OpenedExports()
    for name, raw in files.items():
        try:
            content, lines = _opened(raw)
            if keys and lines:
                opened.attestations |= read_attestations(b"\n".join(lines), keys)
        except BreakwaterError as fault:
            opened.failures.append(FailedFile(name, FileKind.OBJECTS, 1, Refusal.of(fault)))
        else:
            if content is not None:
                opened.contents[name] = content
    return opened


def _opened(raw: bytes) -> tuple[bytes | None, Sequence[bytes]]:
    """Give a file's content, None if it holds attestations alone, and its attestations."""
    for magic, compression in _COMPRESSED.items():
        if raw.startswith(magic):
            raw = b"".join(decompressed([raw], compression, MAX_OPENED_BYTES))
            break
    for magic, form in _TABLES.items():
        if raw.startswith(magic):
            return _rows(read_versions(form, Compression.NONE, io.BytesIO(raw), MAX_OPENED_BYTES))
    if _is_attestations(raw):
        return None, raw.split(b"\n")
    return raw, ()


def _rows(rows: Iterator[tuple[bytes, str | None]]) -> tuple[bytes, Sequence[bytes]]:
    contents, attestations = io.BytesIO(), []
    for content, attestation in rows:
        contents.write(content + b"\n")
        if attestation is not None:
            attestations.append(attestation.encode())
    return contents.getvalue(), _once(attestations)


def _once(lines: Iterable[bytes]) -> Sequence[bytes]:
    return list(dict.fromkeys(lines))


def _is_attestations(raw: bytes) -> bool:
    """Whether the first line is an envelope of an attestation, which is no object."""
    first = raw[: raw.find(b"\n") + 1]
    return first.startswith(b'{"payload"') and _ATTESTATION in first
