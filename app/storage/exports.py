"""Definitions of bulk exports. What is written for them is ``bulk_exports``' and ``export_files``'.

Kept by ``tests/storage/test_exports.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.export import Compression, ExportDefinition, ExportFormat, Schedule
from app.domain.vocabulary import Purpose, Tlp
from app.storage import documents
from app.storage.stretches import Found, Place, SortedBy, Stretch, find_stretch
from app.storage.tables import export_definition

_AS_THEY_ARE = (
    "definition_id",
    "partner_id",
    "credential_id",
    "name",
    "purpose",
    "tlp_ceiling",
    "form",
    "compression",
    "encryption_key",
    "target",
    "created_at",
    "is_paused",
    "snapshot_wanted",
    "ended_at",
)


def add_definition(connection: Connection, value: ExportDefinition) -> None:
    """Keep a new definition; nothing was exported for it yet."""
    connection.execute(insert(export_definition).values(**_row(value), last_number=0))


def change_definition(connection: Connection, value: ExportDefinition) -> None:
    """Keep what a definition is now, all of it; its numbers go on."""
    this = export_definition.c.definition_id == value.definition_id
    connection.execute(update(export_definition).where(this).values(_row(value)))


def end_definition(connection: Connection, definition_id: str, now: datetime) -> None:
    """Keep that a definition ended; a second time keeps the first one's."""
    this = (export_definition.c.definition_id == definition_id) & export_definition.c.ended_at.is_(None)
    connection.execute(update(export_definition).where(this).values(ended_at=now))


def definition_by_id(connection: Connection, definition_id: str) -> ExportDefinition | None:
    """Give a definition, whether it ended or not."""
    this = select(export_definition).where(export_definition.c.definition_id == definition_id)
    row = connection.execute(this).one_or_none()
    return None if row is None else _definition(row)


def definitions(connection: Connection, partner_id: str | None) -> list[ExportDefinition]:
    """List a partner's definitions, or those of all (None), oldest first; those that ended as well."""
    of = export_definition.c
    statement = select(export_definition).order_by(of.created_at, of.definition_id)
    if partner_id is not None:
        statement = statement.where(of.partner_id == partner_id)
    return [_definition(row) for row in connection.execute(statement)]


def definitions_listed(
    connection: Connection, partner_id: str | None, stretch: Stretch, *, has_ended: bool | None
) -> Found[ExportDefinition]:
    """Give some of the same in the same order: those that ended, that did not, or both (None)."""
    of = export_definition.c
    statement = select(export_definition)
    if partner_id is not None:
        statement = statement.where(of.partner_id == partner_id)
    if has_ended is not None:
        statement = statement.where(of.ended_at.is_not(None) if has_ended else of.ended_at.is_(None))
    return find_stretch(connection, statement, SortedBy(of.created_at, of.definition_id), stretch, _definition)


def place_of(value: ExportDefinition) -> Place:
    """Give where a definition stands in these lists."""
    return Place(value.created_at, value.definition_id)


def living_definitions(connection: Connection, partner_id: str | None = None) -> list[ExportDefinition]:
    """List the definitions that did not end, those that are paused as well."""
    return [one for one in definitions(connection, partner_id) if one.ended_at is None]


def count_living(connection: Connection, partner_id: str) -> int:
    """Give how many definitions of a partner did not end."""
    of = export_definition.c
    statement = select(func.count()).where(of.partner_id == partner_id, of.ended_at.is_(None))
    count: int = connection.execute(statement).scalar_one()
    return count


def want_snapshot(connection: Connection, definition_id: str) -> None:
    """Keep that the next export of a definition is to hold everything."""
    this = export_definition.c.definition_id == definition_id
    connection.execute(update(export_definition).where(this).values(snapshot_wanted=True))


def _row(value: ExportDefinition) -> dict[str, Any]:
    zone = value.snapshots or value.deltas
    return {name: getattr(value, name) for name in _AS_THEY_ARE} | {
        "filters": documents.dump(value.filters),
        "snapshot_cron": value.snapshots and value.snapshots.cron,
        "delta_cron": value.deltas and value.deltas.cron,
        "time_zone": zone.time_zone if zone else "UTC",
        "keep_days": value.keep.days,
    }


def _definition(row: Any) -> ExportDefinition:
    values = {name: getattr(row, name) for name in _AS_THEY_ARE}
    return ExportDefinition(
        **values
        | {
            "purpose": Purpose(row.purpose),
            "tlp_ceiling": Tlp(row.tlp_ceiling),
            "form": ExportFormat(row.form),
            "compression": Compression(row.compression),
            "filters": documents.load(row.filters),
            "snapshots": row.snapshot_cron and Schedule(row.snapshot_cron, row.time_zone),
            "deltas": row.delta_cron and Schedule(row.delta_cron, row.time_zone),
            "keep": timedelta(days=row.keep_days),
        }
    )
