"""What is looked up of exports that are written or were: how far they are, their manifests, their files.

Owns reading alone; whoever writes them has ``bulk_exports`` and ``export_files``. Kept by
``tests/storage/test_written_exports.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select

from app.domain.export import ExportState, FilePart, Trouble
from app.storage import documents
from app.storage.disclosures import decode_versions
from app.storage.stretches import Found, Place, SortedBy, Stretch, find_stretch
from app.storage.tables import bulk_export, export_file


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """How far an export is. ``expires_at`` is when a newer one must be there; ``manifest_sha256`` that of its payload."""

    definition_id: str
    number: int
    state: ExportState
    trouble: Trouble | None
    attempts: int
    began_at: datetime
    as_of: datetime
    has_delta: bool
    has_snapshot: bool
    published_at: datetime | None
    expires_at: datetime | None
    manifest_sha256: str | None
    log_index: int | None


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of an export, and the depot it lies in. Whether it may be given is asked again; one that is gone may not, ever.

    ``standing``: as of which state of policies and recalls all of it may be given.
    """

    file_id: int
    number: int
    name: str
    part: FilePart
    size: int
    sha256: str
    objects: int
    counts: Mapping[str, int]
    is_gone: bool
    target: str
    standing: str | None = None


_EXPORT = [bulk_export.c[name] for name in WrittenExport.__dataclass_fields__]
_LOWER = 2**63 - 1
_FILES = select(*(one for one in export_file.c if one.name != "versions"), bulk_export.c.target).join_from(
    export_file,
    bulk_export,
    (bulk_export.c.definition_id == export_file.c.definition_id) & (bulk_export.c.number == export_file.c.number),
)


def exports_before(connection: Connection, definition_id: str, before: int | None, limit: int) -> list[WrittenExport]:
    """List exports of a definition, newest first, those with a lower number than ``before`` (None: from the newest)."""
    be = bulk_export.c
    these = select(*_EXPORT).where(be.definition_id == definition_id, be.number < (before or _LOWER))
    return [_export(row) for row in connection.execute(these.order_by(be.number.desc()).limit(limit))]


def exports_listed(connection: Connection, definition_id: str, stretch: Stretch) -> Found[WrittenExport]:
    """Give some of the exports of a definition, newest first."""
    be = bulk_export.c
    these = select(*_EXPORT).where(be.definition_id == definition_id)
    return find_stretch(connection, these, SortedBy(be.number, be.definition_id, falls=True), stretch, _export)


def place_of(one: WrittenExport) -> Place:
    """Give where an export stands in this list."""
    return Place(one.number, one.definition_id)


def newest_exports(connection: Connection, definition_ids: Sequence[str]) -> dict[str, WrittenExport]:
    """Give the newest export of each of these definitions that has one."""
    be = bulk_export.c
    newest = select(be.definition_id, func.max(be.number).label("number")).where(be.definition_id.in_(definition_ids))
    highest = newest.group_by(be.definition_id).subquery()
    joined = (be.definition_id == highest.c.definition_id) & (be.number == highest.c.number)
    rows = connection.execute(select(*_EXPORT).join_from(bulk_export, highest, joined))
    return {row.definition_id: _export(row) for row in rows}


def find_export(connection: Connection, definition_id: str, number: int) -> WrittenExport | None:
    """Give one export of a definition, however far it is."""
    be = bulk_export.c
    row = connection.execute(select(*_EXPORT).where(be.definition_id == definition_id, be.number == number)).one_or_none()
    return None if row is None else _export(row)


def find_manifest(connection: Connection, definition_id: str, number: int | None) -> tuple[int, str] | None:
    """Give the number and the signed manifest (a DSSE envelope as JSON text) of an export, None for the newest one."""
    be = bulk_export.c
    published = select(be.number, be.manifest).where(be.definition_id == definition_id, be.manifest.is_not(None))
    if number is not None:
        published = published.where(be.number == number)
    row = connection.execute(published.order_by(be.number.desc()).limit(1)).one_or_none()
    return None if row is None else (row.number, row.manifest)


def files_of(connection: Connection, definition_id: str, number: int) -> list[WrittenFile]:
    """List the files of an export, in the order in which they were written."""
    ef = export_file.c
    these = _FILES.where(ef.definition_id == definition_id, ef.number == number)
    return [_file(row) for row in connection.execute(these.order_by(ef.part, ef.sequence, ef.name))]


def find_file(connection: Connection, definition_id: str, name: str) -> WrittenFile | None:
    """Give a file of a published export of a definition by its name."""
    ef, is_published = export_file.c, bulk_export.c.state == ExportState.PUBLISHED
    these = _FILES.where(ef.definition_id == definition_id, ef.name == name, is_published)
    row = connection.execute(these).one_or_none()
    return None if row is None else _file(row)


def versions_in(connection: Connection, file_id: int) -> tuple[int, ...]:
    """Give exactly which versions are in a file."""
    packed = connection.execute(select(export_file.c.versions).where(export_file.c.file_id == file_id)).scalar_one()
    return () if packed is None else decode_versions(packed)


def is_barred(connection: Connection, file_id: int) -> bool:
    """Say whether a file may not be given any more, whoever asks."""
    ef = export_file.c
    row = connection.execute(select(ef.barred_at, ef.gone_at).where(ef.file_id == file_id)).one_or_none()
    return row is None or row.barred_at is not None or row.gone_at is not None


def has_later_snapshot(connection: Connection, definition_id: str, number: int) -> bool:
    """Say whether somebody who cannot have an export any more can start from a later one."""
    be = bulk_export.c
    later = (be.definition_id == definition_id, be.number > number, be.has_snapshot, be.state == ExportState.PUBLISHED)
    found: bool = connection.execute(select(exists().where(*later))).scalar_one()
    return found


def _export(row: Any) -> WrittenExport:
    values = row._asdict()
    words = {"state": ExportState(row.state), "trouble": None if row.trouble is None else Trouble(row.trouble)}
    return WrittenExport(**values | words)


def _file(row: Any) -> WrittenFile:
    return WrittenFile(
        file_id=row.file_id,
        number=row.number,
        name=row.name,
        part=FilePart(row.part),
        size=row.size,
        sha256=row.sha256,
        objects=row.objects,
        counts=documents.load(row.counts),
        is_gone=row.barred_at is not None or row.gone_at is not None,
        target=row.target,
        standing=row.standing,
    )
