"""Work of the kind ``export-forget``: files of exports that may not be given any more are taken out of their depots.

Owns that it is tried until it is done. Which files hold what was withdrawn or erased is looked for here too, some at a time: the
transaction that ends versions puts this on the ledger, and until it is done each download asks again. Kept by
``tests/services/exporting/test_forget.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.errors import DepotError
from app.services.exchange import Exchange
from app.services.exporting.clear import depot_of
from app.services.exporting.job import MANIFEST, folder_of
from app.services.held_work import HeldWork
from app.services.intake.withdraw import FORGET_EXPORTED
from app.storage import bulk_exports, export_files, exports, work
from app.storage.export_files import StoredFile
from app.storage.session import Connection

_LOOKED_AT_ONCE = 50
_DELETED_AT_ONCE = 50
_WAIT = timedelta(minutes=1)


def export_forget(exchange: Exchange, held: HeldWork, now: datetime) -> datetime | None:
    """Bar what holds the versions of the payload, some files at a time; without any, take barred files out of their depots.

    Gives when to go on; None when nothing is left.
    """
    version_ids: Sequence[int] = held.task.payload.get("versions", ())
    if version_ids:
        _bar_some(held, version_ids, held.task.payload.get("after", 0), now)
        return None
    after, is_done = 0, True
    while True:
        with exchange.database.read() as connection:
            some = export_files.barred_files(connection, after, _DELETED_AT_ONCE)
        for one in some:
            try:
                _delete(exchange, held, one, now)
            except DepotError:
                is_done = False
        if len(some) < _DELETED_AT_ONCE:
            return None if is_done else now + _WAIT
        after = some[-1].file_id


def _bar_some(held: HeldWork, version_ids: Sequence[int], after: int, now: datetime) -> None:
    with held.write() as connection:
        found, reached = export_files.holding(connection, version_ids, after, _LOOKED_AT_ONCE)
        if held.task.payload.get("names"):
            found += export_files.naming(connection, version_ids)
        bar(connection, found, now)
        if reached is not None:
            work.add_work(connection, FORGET_EXPORTED, {"versions": list(version_ids), "after": reached}, now)


def bar(connection: Connection, files: Sequence[StoredFile], now: datetime) -> None:
    """Let files be given to nobody from this commit on, and have them deleted.

    Whoever asks for one of them is told to start anew, and is given a snapshot then (``give_file``): not each withdrawal makes
    everything be written once more.
    """
    if files:
        export_files.bar_files(connection, [one.file_id for one in files], now)
        work.add_work(connection, FORGET_EXPORTED, {}, now)


def _delete(exchange: Exchange, held: HeldWork, file: StoredFile, now: datetime) -> None:
    with exchange.database.read() as connection:
        export = bulk_exports.export_by_number(connection, file.definition_id, file.number)
        definition = exports.definition_by_id(connection, file.definition_id)
        is_emptied = bulk_exports.is_emptied(connection, file.definition_id, file.number)
    if export is None or definition is None:
        raise LookupError("a file of no export")
    depot = depot_of(exchange.depots, export.target)
    folder = folder_of(export, definition.partner_id)
    depot.delete(f"{folder}/{file.name}")
    if is_emptied:
        for name in (MANIFEST, f"{MANIFEST}.hpke"):
            depot.delete(f"{folder}/{name}")
        depot.tidy(folder)
    with held.write() as connection:
        export_files.keep_gone(connection, file.file_id, now)
