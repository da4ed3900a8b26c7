"""Writing the objects of an export: the next stretch of the reader's feed up to the frozen place, as one unit of files.

Owns the order "read, write where nobody sees it, the ledger's row, then there to be seen, then known". So a kill at any point
leaves either a file that is known and disclosed, or one that is written anew. Which stretch is next follows from the files that
are known: nothing that is finished is done again. Kept by ``tests/services/exporting/test_write_parts.py``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from app.domain.errors import UnavailableError
from app.domain.export import ExportState, FilePart
from app.services.exporting.filters import filters_of
from app.services.exporting.job import Job
from app.services.exporting.lay_unit import LaidFile, Unit
from app.services.exporting.standing import standing_of
from app.services.limiting.count_usage import given_today, note_given
from app.services.reading.record_disclosure import Held, disclose
from app.services.reading.visible_set import Look, looking
from app.storage import bulk_exports, export_files, export_reading, feed
from app.storage.bulk_exports import Written
from app.storage.export_files import StoredFile
from app.storage.feed import Entry, Window
from breakwater_client.formats.port import ExportedBodies, ExportedVersion
from breakwater_client.formats.writers import has_columns

MOST_BYTES = 64 * 1024 * 1024
MOST_OBJECTS = 100_000
"""Where a unit ends: at so many objects, and past so many bytes by what is on its way at most."""

_FIRST_AT_ONCE = 500
_AT_ONCE = 8_000
_HELD_BYTES = 12 * 1024 * 1024
"""So many versions are read in one snapshot at most, and no more after those with which so many bytes are passed."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is to be written next: places (``after``, ``upto``] of a part, as its unit number ``sequence``.

    ``is_last``: there is no further number free before ``upto``, so that it takes all of it, however much that is.
    """

    part: FilePart
    sequence: int
    after: int
    upto: int
    is_last: bool = False


def next_stretch(part: FilePart, files: Sequence[StoredFile], after: int, upto: int) -> Stretch | None:
    """Give the first stretch of a part that no file covers, None if all are there; ``files`` are all of the export's."""
    covered = {one.sequence: (one.after_position, one.upto_position) for one in files if one.part is part}
    sequence, reached = 0, after
    for number, (begins, ends) in sorted(covered.items()):
        if begins > reached or number > sequence + 1:
            return Stretch(part, sequence + 1, reached, begins, is_last=number == sequence + 2)
        sequence, reached = number, ends
    if covered and reached >= upto:
        return None
    return Stretch(part, sequence + 1, reached, upto)


def write_unit(job: Job, stretch: Stretch) -> bool:
    """Write the next unit of a stretch; False: something of it was withdrawn meanwhile, and it has to be written anew.

    Raises:
        DepotError: as ``Depot.create``.
        LeaseLostError: another worker has taken the work over.
        UnavailableError: what the reader may see is not known just now.
    """
    reading, began = _Reading(job, stretch), time.monotonic()
    with Unit(job, stretch.part, stretch.sequence) as unit:
        for versions in reading.batches():
            unit.add(versions)
            if not stretch.is_last and (unit.size >= MOST_BYTES or len(reading.version_ids) >= MOST_OBJECTS):
                break
        counts = unit.close()
        number = _disclosed(job, reading)
        if number is None and reading.version_ids:
            return False
        unit.commit()
    files = [
        replace(_file(job, stretch, reading, one), objects=sum(counts[table].values()), counts=counts[table])
        for table, one in unit.files.items()
    ]
    with job.held.write() as connection:
        export_files.add_files(connection, [replace(one, disclosure_id=number) for one in files])
        written = Written(len(reading.version_ids), unit.size, int((time.monotonic() - began) * 1_000))
        bulk_exports.note_written(connection, job.export.definition_id, written)
        bulk_exports.keep_export(connection, replace(job.export, state=ExportState.WRITING, trouble=None, attempts=0))
    return True


_Versions = ExportedBodies | list[ExportedVersion]


class _Reading:
    """Reads a stretch of the feed batch by batch, each in a snapshot of its own; keeps which versions they were."""

    def __init__(self, job: Job, stretch: Stretch) -> None:
        self._job = job
        self._stretch = stretch
        self._filters = filters_of(job.definition.filters)
        self._has_columns = has_columns(job.definition.form)
        self._at_once = _FIRST_AT_ONCE
        self.reached = stretch.after
        self.version_ids: list[int] = []
        self.class_ids: set[int] = set()
        self.first: Look | None = None
        self.standing = ""

    def batches(self) -> Iterator[_Versions]:
        """Give the versions of the stretch in order. After each batch ``reached`` is the place up to which all were given."""
        more = True
        while more:
            with looking(self._job.exchange, self._job.reader.key, self._job.exchange.clock()) as look:
                if look.viewpoint.stands_still:
                    raise UnavailableError("What must be hidden is not known yet; try again shortly.")
                if self.first is None:
                    self.first, self.standing = look, standing_of(look)
                versions, more = self._read(look)
            if versions is not None:
                yield versions

    def _read(self, look: Look) -> tuple[_Versions | None, bool]:
        upto, limit = self._stretch.upto, self._at_once
        if not self._stretch.is_last:
            limit = min(limit, max(MOST_OBJECTS - len(self.version_ids), 1))
        window = Window(self.reached, limit, self._job.export.as_of, head=upto)
        page = feed.page(look.connection, look.viewpoint, window, self._filters)
        entries = [one for one in page if one.position <= upto]
        versions, taken = self._stored(look, entries) if entries else (None, 0)
        more = taken < len(entries) or len(entries) == limit
        # As many as fit: objects of a stretch are like each other.
        self._at_once = min(2 * limit, _AT_ONCE) if taken == len(entries) else max(taken, 1)
        self.reached = entries[taken - 1].position if more else upto
        self.version_ids += [one.version_id for one in entries[:taken]]
        self.class_ids.update([one.class_id for one in entries[:taken]])
        return versions, more

    def _stored(self, look: Look, entries: Sequence[Entry]) -> tuple[_Versions, int]:
        """Read what is stored of the first of these entries, as many as may be held but at least one. Gives also how many."""
        version_ids = [one.version_id for one in entries]
        with closing(export_reading.stored_versions(look.connection, version_ids, names=self._has_columns)) as rows:
            held = _first_of(rows)
        if not self._has_columns:
            return ExportedBodies._make(zip(*held, strict=True)), len(held)
        versions = [
            ExportedVersion._make((body, attestation, stix_type, digest.hex(), *names, entry.added_at))
            for (body, attestation, stix_type, digest, *names), entry in zip(held, entries, strict=False)
        ]
        return versions, len(held)


def _first_of(rows: Iterable[Any]) -> list[Any]:
    """Give the first rows, as many as may be held but at least one."""
    held, size = list[Any](), 0
    for row in rows:
        held.append(row)
        size += len(row[0])
        if size > _HELD_BYTES:
            break
    return held


def _disclosed(job: Job, reading: _Reading) -> int | None:
    """Commit the ledger's row of a unit. Gives its number; None if it holds nothing, or what was withdrawn meanwhile."""
    look = reading.first
    if look is None or not reading.version_ids:
        return None
    exchange, reader = job.exchange, job.reader
    now = exchange.clock()
    with exchange.database.read() as connection:
        use = given_today(exchange, connection, reader.partner.partner_id, now)
    # As of now and not as of the look: a day's use counts in the day in which it was given.
    held = Held(tuple(sorted(reading.version_ids)), frozenset(reading.class_ids))
    job.held.keep()  # what somebody else writes by now, this worker gives to nobody
    number = disclose(exchange, reader, replace(look, now=max(now, look.now)), held)
    if number is not None:
        note_given(exchange, reader.principal, use, len(reading.version_ids), now)
    return number


def _file(job: Job, stretch: Stretch, reading: _Reading, laid: LaidFile) -> StoredFile:
    return StoredFile(
        definition_id=job.export.definition_id,
        number=job.export.number,
        part=stretch.part,
        sequence=stretch.sequence,
        name=laid.name,
        size=laid.size,
        sha256=laid.sha256,
        objects=0,
        counts={},
        after_position=stretch.after,
        upto_position=reading.reached,
        version_ids=tuple(reading.version_ids),
        standing=reading.standing,
    )
