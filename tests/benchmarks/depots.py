"""What it costs to lay a file in a depot and to read it again, beside writing a bare file and taking its SHA-256.

The file is one of an export: 64 MiB in pieces of 64 KiB. The bare file is flushed to the disk like those of a folder. The
bucket is one of the tests' Ceph on this machine, which shares its two cores and keeps its disk in memory; its figures bound
what the exchange spends, not what a server elsewhere does. Without Ceph there are none.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from app.depot.folder import FolderDepot
from app.depot.port import Depot
from tests.benchmarks.figures import Figure, rate_of
from tests.factories.bucket_servers import NoBucketServerError, bucket_server

_FILE_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
_MEGABYTES = _FILE_BYTES // 1_000_000
_BARE = "bare file, fsync, SHA-256"


def figures() -> Iterator[Figure]:
    """Give the rates of writing, with SHA-256, and of reading, for each kind of depot."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pieces = [os.urandom(_PIECE_BYTES)] * (_FILE_BYTES // _PIECE_BYTES)
        depots: dict[str, Depot] = {"folder": FolderDepot(folder)}
        try:
            depots["bucket (Ceph here)"] = stack.enter_context(bucket_server()).depot()
        except NoBucketServerError as exc:
            print(exc)
        for name, depot in depots.items():
            bare = rate_of(lambda: _write_bare(folder / "bare", pieces), each=_MEGABYTES)
            rate = rate_of(lambda depot=depot: _lay(depot, pieces), each=_MEGABYTES)
            yield Figure(f"laying files in a {name}, SHA-256", rate, "MB/s", _BARE, bare)
            bare = rate_of((folder / "bare").read_bytes, each=_MEGABYTES)
            rate = rate_of(lambda depot=depot: _read(depot), each=_MEGABYTES)
            yield Figure(f"reading files from a {name}", rate, "MB/s", "reading a bare file", bare)


def _write_bare(path: Path, pieces: list[bytes]) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _lay(depot: Depot, pieces: list[bytes]) -> str:
    digest = hashlib.sha256()
    depot.delete("partner/file")
    with depot.create("partner/file") as sink:
        for piece in pieces:
            digest.update(piece)
            sink.write(piece)
        sink.commit()
    return digest.hexdigest()


def _read(depot: Depot) -> None:
    for _ in depot.read("partner/file", 0, _FILE_BYTES):
        pass
