"""What a partner's mirror costs: everything at once, and a delta of 1,000 changes into what is there.

Each is measured from files that lie here already (fetching is the line's), opened, read strictly and applied in one transaction;
the baseline is the same rows with bare SQLite, in the same run.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app.services.mirroring.follow import Following, follow
from app.services.mirroring.kept_files import KeptFiles
from app.services.mirroring.mirror import DATABASE, Mirror
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.verify_exports import Expected
from tests.benchmarks.figures import Figure, resident_megabytes
from tests.factories.export_servers import FolderSource
from tests.factories.written_exports import ExportWriter, Written, indicator, tombstone

_CHANGES = 1_000


def figures(objects: int = 20_000) -> Iterator[Figure]:
    """Measure a first pull of so many objects, and the delta after it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writer = ExportWriter(folder / "exchange")
        everything = [indicator(place, description="x" * 600) for place in range(objects)]
        writer.write(Written(snapshot=everything))
        (folder / "mirror").mkdir()
        taken = _pull(writer, folder)
        bare = _bare(folder, "SELECT * FROM object")
        memory = f"bare SQLite (this process has {resident_megabytes():,.0f} MB)"
        yield Figure(f"mirror, {objects:,} objects at once", objects / taken, "objects/s", memory, objects / bare)
        half = _CHANGES // 2
        new = [indicator(objects + place, description="x" * 600) for place in range(half)]
        writer.write(Written(delta=new, tombstones=[tombstone(one) for one in everything[:half]]))
        taken = _pull(writer, folder)
        bare = _bare(folder, f"SELECT * FROM object ORDER BY number DESC LIMIT {half}")  # noqa: S608  # a number of our own
        job = f"mirror, a delta of {_CHANGES:,} changes into {objects:,}: {taken:.2f} s"
        yield Figure(job, _CHANGES / taken, "changes/s", "bare SQLite, the new half", half / bare)


def _pull(writer: ExportWriter, folder: Path) -> float:
    source = FolderSource(writer.folder, piece_bytes=256 * 1024)
    began = time.perf_counter()
    with Mirror(folder / "mirror" / DATABASE) as mirror:
        follow(mirror, KeptFiles(folder / "mirror", keeps=False), source, Following([ExchangeKey(writer.key.public)], Expected()))
    return time.perf_counter() - began


def _bare(folder: Path, rows: str) -> float:
    """Give how long the same rows take without anything of ours, into a table of the same columns."""
    path = folder / "bare.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(folder / "mirror" / DATABASE) as mirror:
        found = mirror.execute(rows).fetchall()
    began = time.perf_counter()
    with sqlite3.connect(path) as bare:
        bare.execute("CREATE TABLE object (a TEXT PRIMARY KEY, b, c, d, e, f, g, h)")
        bare.executemany("INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?)", found)
    return time.perf_counter() - began
