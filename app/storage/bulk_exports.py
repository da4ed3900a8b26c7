"""Exports of definitions: each with its number, its frozen instant, and how far it is.

A definition has at most one export that is not published or abandoned: the newest. Which definitions there are is ``exports``'.
Kept by ``tests/storage/test_bulk_exports.py``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, or_, select, update

from app.domain.export import FIRST_NUMBER, ExportState, Trouble
from app.storage.tables import bulk_export, export_definition, export_file, policy_epoch


@dataclass(frozen=True, slots=True)
class BulkExport:
    """One export. It tells of ``as_of``, and new in it is what has a place in (``after_position``, ``upto_position``].

    ``progress`` (JSON) says on what it rests, ``standing`` (JSON) in which state of policies it was looked through. ``target`` is
    the depot in which it lies. ``attempts`` counts how often it was in trouble since something was written last. ``manifest`` is
    the envelope as JSON text.
    """

    definition_id: str
    number: int
    target: str
    state: ExportState
    began_at: datetime
    as_of: datetime
    after_position: int
    upto_position: int
    has_delta: bool
    has_snapshot: bool
    agreement_version: int
    progress: str | None = None
    standing: str | None = None
    trouble: Trouble | None = None
    attempts: int = 0
    published_at: datetime | None = None
    expires_at: datetime | None = None
    manifest: str | None = None
    manifest_sha256: str | None = None
    is_laid: bool = False
    log_index: int | None = None


_NAMES = tuple(one.name for one in fields(BulkExport))
_OPEN = (ExportState.WRITING, ExportState.WAITING)


def keep_export(connection: Connection, value: BulkExport) -> None:
    """Keep an export as it is now, whether it is new or not."""
    be, row = bulk_export.c, asdict(value)
    this = (be.definition_id == value.definition_id) & (be.number == value.number)
    if connection.execute(update(bulk_export).where(this).values(row)).rowcount == 0:
        connection.execute(insert(bulk_export).values(row))


def drop_export(connection: Connection, definition_id: str, number: int) -> None:
    """Forget an export of which there are no files."""
    be = bulk_export.c
    connection.execute(delete(bulk_export).where(be.definition_id == definition_id, be.number == number))


def export_by_number(connection: Connection, definition_id: str, number: int) -> BulkExport | None:
    """Give one export of a definition."""
    be = bulk_export.c
    row = connection.execute(select(bulk_export).where(be.definition_id == definition_id, be.number == number)).one_or_none()
    return None if row is None else _export(row)


def open_export(connection: Connection, definition_id: str) -> BulkExport | None:
    """Give the export that is being written, or is to be laid still, None without one."""
    be = bulk_export.c
    unlaid = (be.state == ExportState.PUBLISHED) & ~be.is_laid
    of = select(bulk_export).where(be.definition_id == definition_id, or_(be.state.in_(_OPEN), unlaid))
    row = connection.execute(of.order_by(be.number).limit(1)).one_or_none()
    return None if row is None else _export(row)


def last_published(connection: Connection, definition_id: str) -> BulkExport | None:
    """Give the newest export that was published, None before the first one."""
    be = bulk_export.c
    published = select(bulk_export).where(be.definition_id == definition_id, be.state == ExportState.PUBLISHED)
    row = connection.execute(published.order_by(be.number.desc()).limit(1)).one_or_none()
    return None if row is None else _export(row)


def newest_snapshot(connection: Connection, definition_id: str) -> int | None:
    """Give the number of the newest published export that holds everything."""
    be = bulk_export.c
    full = select(func.max(be.number)).where(
        be.definition_id == definition_id, be.has_snapshot, be.state == ExportState.PUBLISHED
    )
    number: int | None = connection.execute(full).scalar_one()
    return number


def exports_of(connection: Connection, definition_id: str, before: int | None, limit: int) -> list[BulkExport]:
    """List exports of a definition, newest first, below a number (None: from the newest)."""
    be = bulk_export.c
    of = select(bulk_export).where(be.definition_id == definition_id).order_by(be.number.desc()).limit(limit)
    rows = connection.execute(of if before is None else of.where(be.number < before))
    return [_export(row) for row in rows]


def targets_of(connection: Connection, definition_id: str) -> set[str]:
    """Give the depots in which exports of a definition lie, or lay."""
    be = bulk_export.c
    return set(connection.execute(select(be.target).where(be.definition_id == definition_id).distinct()).scalars())


def last_before(connection: Connection, definition_id: str, moment: datetime) -> int | None:
    """Give the number of the last export that was published before a moment."""
    be = bulk_export.c
    before = select(func.max(be.number)).where(be.definition_id == definition_id, be.published_at < moment)
    number: int | None = connection.execute(before).scalar_one()
    return number


def is_emptied(connection: Connection, definition_id: str, number: int) -> bool:
    """Whether no file of an export may be given any more."""
    ef = export_file.c
    left = exists().where(ef.definition_id == definition_id, ef.number == number, ef.barred_at.is_(None))
    found: bool = connection.execute(select(~left)).scalar_one()
    return found


def next_number(connection: Connection, definition_id: str) -> int:
    """Give the number of the export after the last published one."""
    ed = export_definition.c
    last: int = connection.execute(select(ed.last_number).where(ed.definition_id == definition_id)).scalar_one()
    return max(last + 1, FIRST_NUMBER)


def note_published(connection: Connection, value: BulkExport) -> None:
    """Keep at the definition that this is its last export; what it has wanted of it, it has."""
    values: dict[str, Any] = {"last_number": value.number}
    if value.has_snapshot:
        values["snapshot_wanted"] = False
    this = export_definition.c.definition_id == value.definition_id
    connection.execute(update(export_definition).where(this).values(values))


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written, and in how long; for metrics."""

    objects: int
    stored_bytes: int
    milliseconds: int


def note_written(connection: Connection, definition_id: str, written: Written) -> None:
    """Add up what was written for a definition."""
    ed = export_definition.c
    sums = {ed.written_objects: ed.written_objects + written.objects, ed.written_bytes: ed.written_bytes + written.stored_bytes}
    sums |= {ed.written_milliseconds: ed.written_milliseconds + written.milliseconds}
    connection.execute(update(export_definition).where(ed.definition_id == definition_id).values(sums))


def own_epoch(connection: Connection, partner_id: str) -> int:
    """Count the changes of policy that concern a partner: a number that says nothing of others'."""
    pe = policy_epoch.c
    concerns = or_(pe.partner_id == partner_id, pe.partner_id.is_(None))
    count: int = connection.execute(select(func.count()).select_from(policy_epoch).where(concerns)).scalar_one()
    return count


def _export(row: Any) -> BulkExport:
    values = {name: getattr(row, name) for name in _NAMES}
    words = {"state": ExportState(row.state), "trouble": None if row.trouble is None else Trouble(row.trouble)}
    return BulkExport(**values | words)
