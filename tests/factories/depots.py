"""Depots for tests, each in a folder that vanishes with the test, and the files in them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.depot.folder import FolderDepot
from app.depot.port import Depot


@contextmanager
def passing_depots() -> Iterator[Mapping[str, FolderDepot]]:
    """Give the one depot that a server has by default, ``local``, empty."""
    with tempfile.TemporaryDirectory(prefix="breakwater-exports-") as folder:
        yield {"local": FolderDepot(Path(folder))}


def lay(depot: Depot, name: str, *pieces: bytes) -> None:
    """Write a file of these bytes, and commit it."""
    with depot.create(name) as sink:
        for piece in pieces:
            sink.write(piece)
        sink.commit()


def content(depot: Depot, name: str) -> bytes:
    """Give all of a committed file; nothing if it is not there."""
    size = depot.size(name)
    return b"" if size is None else b"".join(depot.read(name, 0, size))
