"""Writing what else an export brings: tombstones of what the mirror has to take away, and the partner's recall notices.

Owns the two parts that are lines of JSON in every format. Kept by ``tests/services/exporting/test_write_losses.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from app.domain.export import FilePart
from app.services.exporting.holdings import lines_of, lost_since
from app.services.exporting.job import Job
from app.services.exporting.lay_unit import LaidFile, lay_lines
from app.services.exporting.standing import standing_of
from app.services.reading.record_disclosure import Held, disclose
from app.services.reading.visible_set import looking
from app.storage import bulk_exports, export_files, export_reading
from app.storage.bulk_exports import BulkExport
from app.storage.export_files import StoredFile
from app.storage.export_holdings import ids_of

MOST_LINES = 100_000
One = TypeVar("One")


def write_tombstones(job: Job, previous: BulkExport) -> None:
    """Write what the mirror has to take away, all of it; files of an attempt before are replaced.

    Raises:
        NamelessError: of something that it holds no names are left: it has to start anew.
        DepotError: as ``Depot.create``.
    """
    _drop_part(job, FilePart.TOMBSTONES)
    exchange, files = job.exchange, list[StoredFile]()
    with looking(exchange, job.reader.key, exchange.clock()) as look:
        standing, lost = standing_of(look), lost_since(look, previous, job.export)
    for some in _pieces(ids_of(lost)):
        with exchange.database.read() as connection:
            lines = list(lines_of(connection, some, lost, job.export))
        if lines:
            laid = lay_lines(job, FilePart.TOMBSTONES, len(files) + 1, [line for line, _ in lines])
            counts = Counter(stix_type for _, stix_type in lines)
            one = _file(job, FilePart.TOMBSTONES, len(files) + 1, laid, counts)
            files.append(replace(one, version_ids=tuple(some)))
    told = job.with_progress(tombstones=standing)
    with job.held.write() as connection:
        export_files.add_files(connection, files)
        bulk_exports.keep_export(connection, replace(told.export, standing=standing))


def write_recalls(job: Job) -> bool:
    """Write the partner's recall notices since the last export; False: one was erased meanwhile, and it is to be done again.

    Raises:
        DepotError: as ``Depot.create``.
    """
    _drop_part(job, FilePart.RECALLS)
    exchange, export = job.exchange, job.export
    partner_id = job.reader.partner.partner_id
    with looking(exchange, job.reader.key, exchange.clock()) as look:
        found = export_reading.notices_to(look.connection, partner_id, export.after_position, export.upto_position)
        standing = standing_of(look)
    there = [(one, one.content) for one in found if one.content is not None]
    files: list[StoredFile] = []
    for sequence, some in enumerate(_pieces(there), start=1):
        held = Held(tuple(sorted(one.version_id for one, _ in some)), frozenset(one.class_id for one, _ in some))
        job.held.keep()
        number = disclose(exchange, job.reader, look, held)
        if number is None:
            return False
        laid = lay_lines(job, FilePart.RECALLS, sequence, [content for _, content in some])
        one = _file(job, FilePart.RECALLS, sequence, laid, Counter({"recall-notice": len(some)}))
        files.append(replace(one, version_ids=held.version_ids, disclosure_id=number, standing=standing))
    told = job.with_progress(recalls=[one.notice_id for one, _ in there])
    with job.held.write() as connection:
        export_files.add_files(connection, files)
        bulk_exports.keep_export(connection, told.export)
    return True


def drop_unit(job: Job, files: Iterable[StoredFile]) -> None:
    """Take files of an export that is not published out of the depot, and forget them."""
    gone = list(files)
    for one in gone:
        job.held.keep()  # of whoever took the work over, nothing is deleted
        job.depot.delete(f"{job.folder}/{one.name}")
    if gone:
        with job.held.write() as connection:
            export_files.drop_files(connection, [one.file_id for one in gone])


def _drop_part(job: Job, part: FilePart) -> None:
    with job.exchange.database.read() as connection:
        files = export_files.files_of(connection, job.export.definition_id, job.export.number, with_versions=False)
    drop_unit(job, [one for one in files if one.part is part])


def _pieces(of: Iterable[One]) -> Iterator[list[One]]:
    rest = iter(of)
    while some := list(islice(rest, MOST_LINES)):
        yield some


def _file(job: Job, part: FilePart, sequence: int, laid: LaidFile, counts: Counter[str]) -> StoredFile:
    export = job.export
    return StoredFile(
        definition_id=export.definition_id,
        number=export.number,
        part=part,
        sequence=sequence,
        name=laid.name,
        size=laid.size,
        sha256=laid.sha256,
        objects=sum(counts.values()),
        counts=dict(counts),
        after_position=export.after_position,
        upto_position=export.upto_position,
    )
