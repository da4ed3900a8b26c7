"""Bulk exports: what a worker writes of a filled exchange into a folder, by the very code that writes them for partners.

The worker is a process of its own, whose memory is its own; it holds no data before. Rates are of STIX before compression. The
baseline of each export is the bare driver in the same run, in one thread: COPY of the same content, zstd, SHA-256 of what is
stored, one file. It has no policy, ledger, lease, manifest, or sync to the disk.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.crypto.seal import CursorSealer
from app.depot.folder import FolderDepot
from app.domain.export import Compression, ExportDefinition, ExportFormat, ExportState, FilePart
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.services.do_work import do_next
from app.services.exchange import Exchange
from app.services.exporting.due import ensure_by
from app.storage import bulk_exports, credentials, export_files, exports
from app.storage.session import Database
from breakwater_client.formats.compression import compressing
from tests.benchmarks import fill as filling
from tests.benchmarks.figures import Figure, most_megabytes, resident_megabytes
from tests.benchmarks.fill import Filled, fill, reader_over
from tests.factories import policy_values
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.exports import definition

_CLASSES = 50
_CHANGES = 1_000
_PIECE = 1 << 20
_FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
FORMS = {
    ExportFormat.STIX_NDJSON: Compression.ZSTD,
    ExportFormat.STIX_BUNDLE: Compression.ZSTD,
    ExportFormat.PARQUET: Compression.NONE,
    ExportFormat.CSV: Compression.ZSTD,
}


@dataclass(frozen=True)
class Written:
    """What a worker did: seconds from its first step until the export was published, and memory in MB (10^6 bytes)."""

    seconds: float
    processor_seconds: float
    megabytes_before: float
    megabytes_at_most: float
    objects: int
    stored_bytes: int

    def in_words(self) -> str:
        """Give all of it but the objects."""
        took = f"{self.seconds:.2f} s, of them {self.processor_seconds:.2f} s of processor"
        memory = f"memory {self.megabytes_before:.0f} → {self.megabytes_at_most:.0f} MB"
        return f"{took}, {self.stored_bytes / 1e6:,.0f} MB stored, {memory}"


def figures(database_name: str, url: str, *, objects: int, forms: Collection[ExportFormat] = tuple(FORMS)) -> Iterator[Figure]:
    """Measure on a fresh database at ``url``."""
    filled = fill(url, objects, _CLASSES)
    name = f"{objects:,} objects, {database_name}"
    size = _content_bytes(filled.exchange.database)
    for form in forms:
        with tempfile.TemporaryDirectory() as folder:
            made = _define(filled, form)
            before = _bare(filled.exchange.database, Path(folder) / "bare")
            first = work(url, Path(folder), made)
            bare = min(before, _bare(filled.exchange.database, Path(folder) / "bare"))
            baseline = f"COPY, zstd, SHA-256 ({bare:.2f} s)"
            job = f"{name}: first export as {form} ({first.in_words()})"
            yield Figure(job, size / first.seconds / 1e6, "MB/s", baseline, size / bare / 1e6)
            if form is ExportFormat.STIX_NDJSON:
                yield from _delta(name, filled, url, Path(folder), made)
    filled.exchange.database.dispose()


def _delta(name: str, filled: Filled, url: str, folder: Path, made: ExportDefinition) -> Iterator[Figure]:
    filling.add(filled, _CHANGES)
    taken = work(url, folder, made)
    start = time.perf_counter()
    with filled.exchange.database.read() as connection:
        newest = bulk_exports.exports_of(connection, made.definition_id, None, 1)[0]
        driver: Any = connection.connection.driver_connection
        text = f"SELECT content FROM object_content ORDER BY version_id DESC LIMIT {_CHANGES}"  # noqa: S608  # a number of ours
        rows = driver.execute(text).fetchall()
        files = export_files.files_of(connection, made.definition_id, newest.number)
    b"\n".join(bytes(row[0]) for row in rows)
    bare = time.perf_counter() - start
    count = sum(one.objects for one in files if one.part is FilePart.DELTA)
    job = f"{name}: delta of {count:,} ({taken.seconds * 1000:,.0f} ms)"
    yield Figure(job, 1 / taken.seconds, "exports/s", f"SELECT of {_CHANGES:,} ({bare * 1000:.1f} ms)", 1 / bare)


def _define(filled: Filled, form: ExportFormat) -> ExportDefinition:
    """Define an export of the reader who sees everything, over the channel of exports."""
    reader = reader_over(filled, Channel.EXPORT)
    made = definition(
        partner_id=reader.partner.partner_id,
        credential_id=f"credential-{form}",
        form=form,
        compression=FORMS[form],
        purpose=Purpose.DETECTION,
        tlp_ceiling=Tlp.RED,
    )
    held = policy_values.credential(
        credential_id=made.credential_id,
        partner_id=made.partner_id,
        account_id=None,
        name=str(form),
        tlp_ceiling=Tlp.RED,
        expires_at=_FOREVER,
    )
    with filled.exchange.database.write() as connection:
        credentials.add_credential(connection, held, hashlib.sha256(made.credential_id.encode()).digest())
        exports.add_definition(connection, made)
    return made


def work(url: str, folder: Path, made: ExportDefinition) -> Written:
    """Let a worker of its own write and publish the next export of a definition."""
    command = [sys.executable, "-m", "tests.benchmarks.exports", url, str(folder / "depot"), made.definition_id]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # this module
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Written(**json.loads(done.stdout))


def _work_here(url: str, depot: Path, definition_id: str) -> Written:
    keys = new_exchange_keys()
    exchange = Exchange(Database(url), keys, CursorSealer([bytes(64)]), depots={"local": FolderDepot(depot, makes_root=True)})
    with exchange.database.write() as connection:
        newest = bulk_exports.last_published(connection, definition_id)
        definition = exports.definition_by_id(connection, definition_id)
        assert definition is not None
        ensure_by(connection, definition, exchange.clock())
    number, before, start = 1 + (newest.number if newest else 0), resident_megabytes(), (time.perf_counter(), time.process_time())
    while not _is_published(exchange, definition_id, number):
        if not do_next(exchange):
            time.sleep(0.01)
    seconds, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    with exchange.database.read() as connection:
        files = export_files.files_of(connection, definition_id, number, with_versions=False)
    exchange.database.dispose()
    return Written(
        seconds, processor, before, most_megabytes(), sum(one.objects for one in files), sum(one.size for one in files)
    )


def _is_published(exchange: Exchange, definition_id: str, number: int) -> bool:
    with exchange.database.read() as connection:
        export = bulk_exports.export_by_number(connection, definition_id, number)
    return export is not None and export.state is ExportState.PUBLISHED and export.is_laid


def _content_bytes(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT sum(length(content)) FROM object_content").scalar_one())


class _Hashed:
    """A file whose stored bytes are hashed."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb")
        self.hash = hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        self.hash.update(data)
        self.file.write(data)


def _bare(database: Database, path: Path) -> float:
    """Give the seconds that the bare driver takes for the same content."""
    start = time.perf_counter()
    out = _Hashed(path)
    compressed = compressing(out, Compression.ZSTD)
    text = "SELECT content FROM object_content ORDER BY version_id"
    with database.read() as connection:
        driver: Any = connection.connection.driver_connection
        if database.is_sqlite:
            rows = driver.execute(text)
            while some := rows.fetchmany(1000):
                compressed.write(b"\n".join(row[0] for row in some))
        else:
            with driver.cursor() as cursor, cursor.copy(f"COPY ({text}) TO STDOUT (FORMAT binary)") as copy:
                held = bytearray()
                for block in copy:
                    held += block
                    if len(held) >= _PIECE:
                        compressed.write(bytes(held))
                        held.clear()
                compressed.write(bytes(held))
    compressed.close()
    out.file.close()
    return time.perf_counter() - start


def main() -> None:
    """Work for ``work``, in this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("depot", type=Path)
    parser.add_argument("definition_id")
    asked = parser.parse_args()
    done = _work_here(asked.url, asked.depot, asked.definition_id)
    print(json.dumps({name: getattr(done, name) for name in Written.__dataclass_fields__}))


if __name__ == "__main__":
    main()
