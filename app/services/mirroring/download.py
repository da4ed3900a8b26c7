"""A file of an export comes over the network: hashed while it comes, resumed where it stopped, under its name once it is whole.

Owns the folder of what is incoming. Kept by ``tests/services/mirroring/test_download.py``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from app.domain.errors import Code, GoneError, UnprovenError
from app.domain.export import ExportedFile
from app.services.mirroring.source import Source
from breakwater_client.verifying.verify_exports import digest_of

_PART = ".part"
_PIECE_BYTES = 1024 * 1024


def download(source: Source, file: ExportedFile, folder: Path, advance: Callable[[int], None]) -> None:
    """Put a file into a folder, whole and with the digest of its manifest; what is there of it already is not fetched again.

    Raises:
        GoneError: the exchange may not give it any more; nothing of it is left here.
        UnprovenError: code ``export-different``: twice something else came; nothing of it is left here.
        OSError: the disk; what came is kept, for the next run to go on from.
    """
    path = folder / file.name
    if path.exists():
        if path.stat().st_size == file.size and digest_of(path) == file.sha256:
            advance(file.size)
            return
        path.unlink()
    part = folder / f"{file.name}{_PART}"
    for _ in range(2):
        try:
            digest = _fetched(source, file, part, advance)
        except GoneError:
            part.unlink()
            raise
        if digest == file.sha256:
            part.rename(path)
            return
        part.unlink()
        advance(-file.size)
    raise UnprovenError(f"{file.name}: what came is not what the manifest names, twice.", code=Code.EXPORT_DIFFERENT)


def _fetched(source: Source, file: ExportedFile, part: Path, advance: Callable[[int], None]) -> str:
    """Fetch what is missing, and give the digest of the whole. A part of an earlier run is hashed again: it is nobody's word."""
    digest, at = sha256(), 0
    with part.open("a+b") as out:
        out.seek(0)
        while piece := out.read(_PIECE_BYTES):
            digest.update(piece)
            at += len(piece)
        if at > file.size:
            out.truncate(0)
            digest, at = sha256(), 0
        advance(at)
        if at < file.size:
            start, pieces = source.file(file.name, at)
            if start != at:  # it begins anew
                out.truncate(0)
                advance(-at)
                digest, at = sha256(), 0
            for piece in pieces:
                at += len(piece)
                if at > file.size:
                    break  # more than was signed for: it fails by its digest, and fills no disk
                out.write(piece)
                digest.update(piece)
                advance(len(piece))
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest() if at == file.size else ""
