"""The work of exports on the ledger: one piece for each definition, due when its next export is.

Owns which work a definition has. What is done when it is due is ``run``'s; it comes back as long as the definition did not end,
also while that is paused. Kept by ``tests/services/exporting/test_due.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.domain.export import ExportDefinition
from app.services.exporting.schedule import next_export
from app.storage import bulk_exports, exports, work
from app.storage.session import Connection

EXPORT_RUN = "export-run"
_LEAST_BETWEEN = timedelta(minutes=1)
_MOST_BETWEEN = timedelta(hours=1)


def payload_of(definition_id: str) -> dict[str, Any]:
    """Give the payload of a definition's work, by which it is found again."""
    return {"definition_id": definition_id}


def put_on_ledger(connection: Connection, definition: ExportDefinition, now: datetime) -> None:
    """Let a definition's next export be due by its schedules, or when it is due already, whichever is first."""
    ensure_by(connection, definition, next_export(definition, now))


def ensure_by(connection: Connection, definition: ExportDefinition, due_at: datetime) -> None:
    """Let a definition's next export be due at a moment, unless it is before; work that was lost or is dead is made anew."""
    payload = payload_of(definition.definition_id)
    if not work.bring_forward(connection, EXPORT_RUN, payload, due_at):
        work.add_work(connection, EXPORT_RUN, payload, due_at, definition.partner_id)


def put_sooner(connection: Connection, definition: ExportDefinition, now: datetime) -> None:
    """Let the next export be due at once for whoever cannot go on with the last one.

    Between the two ten times as long passes as the last one took, within a minute and an hour.
    """
    last = bulk_exports.last_published(connection, definition.definition_id)
    if last is None or last.published_at is None:
        ensure_by(connection, definition, now)
        return
    between = min(max(10 * (last.published_at - last.began_at), _LEAST_BETWEEN), _MOST_BETWEEN)
    ensure_by(connection, definition, max(now, last.published_at + between))


def due_at(connection: Connection, definition_id: str) -> datetime | None:
    """Give when a definition's next export is due, or is tried again; None: nothing will be written."""
    return work.due_at_of(connection, EXPORT_RUN, payload_of(definition_id))


def ensure_export_work(connection: Connection, now: datetime) -> None:
    """Put on the ledger what is missing there, for all definitions; called when a server starts."""
    for definition in exports.living_definitions(connection):
        put_on_ledger(connection, definition, now)
