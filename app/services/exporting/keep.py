"""How long exports are kept, and what goes with a definition that ended.

Owns which files are barred for that; they are taken out of their depots by ``forget``. The newest snapshot and what follows it
are always kept, so that anybody can start. Kept by ``tests/services/exporting/test_keep.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.export import ExportDefinition, ExportState
from app.services.intake.withdraw import FORGET_EXPORTED
from app.storage import bulk_exports, export_files, export_holdings, work
from app.storage.session import Connection


def bar_outdated(connection: Connection, definition: ExportDefinition, now: datetime) -> None:
    """Bar the files of exports that are older than the definition keeps them."""
    snapshot = bulk_exports.newest_snapshot(connection, definition.definition_id)
    outdated = bulk_exports.last_before(connection, definition.definition_id, now - definition.keep)
    if snapshot is None or outdated is None:
        return
    if export_files.bar_export(connection, definition.definition_id, min(outdated, snapshot - 1), now):
        work.add_work(connection, FORGET_EXPORTED, {}, now)


def end_exports(connection: Connection, definition: ExportDefinition, now: datetime) -> None:
    """Let everything go that was written for a definition that ended."""
    definition_id = definition.definition_id
    export = bulk_exports.open_export(connection, definition_id)
    if export is not None and export.state is not ExportState.PUBLISHED:
        bulk_exports.keep_export(connection, replace(export, state=ExportState.ABANDONED))
    export_holdings.drop_held(connection, definition_id)
    if export_files.bar_export(connection, definition_id, None, now):
        work.add_work(connection, FORGET_EXPORTED, {}, now)
