"""What each form of export costs, in megabytes of original bytes a second on one core, beside bare join, SHA-256 and zstd.

No database and no policy: how fast writers take what reading gives them, and how fast readers give it back.
"""

from __future__ import annotations

import hashlib
import io
import sys
import uuid
from collections.abc import Callable, Iterator

from app.domain.export import Compression, ExportFormat
from breakwater_client.formats.port import ExportedVersion
from breakwater_client.formats.readers import read_versions
from breakwater_client.formats.writers import writer_for
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.export_seal import OpeningKey, Sealer, open_sealed, seal_info
from breakwater_client.trust.keys import PrivateKey
from tests.benchmarks.figures import Figure, rate_of
from tests.benchmarks.per_object import signed_objects
from tests.factories.exported_versions import as_taken, batches, exported_bytes, pieces, written

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_OBJECTS = 20_000
_DIFFERENT = 2_000
_BATCH = 1_000
_SECONDS = 3.0
_MEGABYTE = 1_000_000
_BARE = "bare join, SHA-256, zstd"


class _Hashing:
    """An out that hashes and forgets."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def __call__(self, _: str, /) -> _Hashing:
        return self

    def write(self, data: bytes, /) -> None:
        self._sha256.update(data)


def figures() -> Iterator[Figure]:
    """Measure writing and reading of each form, and sealing."""
    versions = _versions()
    total = sum(len(one.body) for one in versions)

    def rate(act: Callable[[], object], size: int = total) -> float:
        return rate_of(act, seconds=_SECONDS, each=size) / _MEGABYTE

    bare = rate(lambda: _bare(versions))
    for form, compression in _PAIRS:
        made = rate(lambda form=form, compression=compression: _write(form, compression, versions))  # type: ignore[misc]  # bound now
        yield Figure(f"write {form}, {compression}, with SHA-256", made, "MB/s", _BARE, bare)
    for form, compression in _PAIRS:
        file = next(iter(written(form, versions, compression, _BATCH).values()))
        made = rate(lambda form=form, compression=compression, file=file: _read(form, compression, file))  # type: ignore[misc]  # bound now
        yield Figure(f"read {form}, {compression}", made, "MB/s", _BARE, bare)
    plain = b"\n".join(one.body for one in versions)
    yield from _sealing(plain, rate)


_PAIRS = (
    (ExportFormat.STIX_NDJSON, Compression.NONE),
    (ExportFormat.STIX_NDJSON, Compression.ZSTD),
    (ExportFormat.STIX_NDJSON, Compression.GZIP),
    (ExportFormat.STIX_BUNDLE, Compression.ZSTD),
    (ExportFormat.PARQUET, Compression.ZSTD),
    (ExportFormat.CSV, Compression.ZSTD),
)


def _versions() -> list[ExportedVersion]:
    """Give signed objects of about 1.2 KB; each content stands for ten ids, as signing takes longer than what is measured."""
    contents = [canonical_bytes(one) for one in signed_objects(_DIFFERENT, PrivateKey.generate(), f"identity--{uuid.uuid4()}")]
    return [exported_bytes(contents[number % _DIFFERENT], log_index=number) for number in range(_OBJECTS)]


def _bare(versions: list[ExportedVersion]) -> None:
    compressor, digest = zstd.ZstdCompressor(level=1), hashlib.sha256()
    for batch in batches(versions, _BATCH):
        digest.update(compressor.compress(b"\n".join([one.body for one in batch]) + b"\n"))
    digest.update(compressor.flush())


def _write(form: ExportFormat, compression: Compression, versions: list[ExportedVersion]) -> None:
    writer = writer_for(form, compression, _Hashing())
    for batch in batches(versions, _BATCH):
        writer.add(as_taken(form, batch))
    writer.close()


def _read(form: ExportFormat, compression: Compression, file: bytes) -> None:
    for _ in read_versions(form, compression, io.BytesIO(file)):
        pass


def _sealing(plain: bytes, rate: Callable[[Callable[[], object], int], float]) -> Iterator[Figure]:
    key, info = OpeningKey.generate(), seal_info("exchange", "definition", 1, "file")

    def seal() -> bytes:
        out = io.BytesIO()
        sealer = Sealer(out, key.public, info)
        for piece in pieces(plain, 1 << 18):
            sealer.write(piece)
        sealer.close()
        return out.getvalue()

    sealed = seal()
    digest = rate(lambda: hashlib.sha256(plain).digest(), len(plain))
    yield Figure("seal to a key", rate(seal, len(plain)), "MB/s", "bare SHA-256", digest)
    opening = rate(lambda: sum(len(one) for one in open_sealed(pieces(sealed, 1 << 18), key, info)), len(plain))
    yield Figure("open what is sealed", opening, "MB/s", "bare SHA-256", digest)
