"""Publishing an export: a final look through all of its files, one transaction, and the manifest laid last.

Owns that nobody is ever given half an export, nor one that holds what was forbidden before it was published: what policies,
withdrawals and narrowings have taken away since a file was written is found by the final look, and such a file is written anew.
The transaction holds the order lock, so that no other look lies between. Kept by ``tests/services/exporting/test_publish.py``.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.errors import ConflictError
from app.domain.events import Event, EventRecord
from app.domain.export import ExportState, FilePart, Manifest, Schedule
from app.services.exporting.clear import clear_folder
from app.services.exporting.holdings import held_after, in_part, lost_since
from app.services.exporting.job import MANIFEST, Job, form_of
from app.services.exporting.schedule import longest_gap
from app.services.exporting.standing import may_all_be_given, standing_of
from app.services.exporting.who_reads import reader_of
from app.services.exporting.write_losses import drop_unit
from app.services.proving.record import Recorded, record_in_log
from app.services.reading.visible_set import Look, looking
from app.storage import bulk_exports, events, export_files, export_holdings, exports, viewpoints
from app.storage.bulk_exports import BulkExport
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.erasures import erased_among
from app.storage.export_files import StoredFile
from app.storage.export_holdings import Bits
from app.storage.session import Connection
from breakwater_client.trust.export_manifest import MAX_LIFE, manifest_digest, sign_manifest
from breakwater_client.trust.log_leaf import LeafKind

_OF_OBJECTS = (FilePart.DELTA, FilePart.SNAPSHOT)
_LEAST_LIFE = timedelta(hours=1)


def look_through(job: Job) -> str | None:
    """Look whether all files may be given as of now. Gives the state in which they may; None: something is to be written anew.

    What may not be given is taken out of the depot at once, and what no row knows.
    """
    exchange, export = job.exchange, job.export
    with looking(exchange, job.reader.key, exchange.clock()) as look:
        standing = standing_of(look)
        files = export_files.files_of(look.connection, export.definition_id, export.number)
        passed, failed = _judged(look, files, standing)
    clear_folder(job.held, job.depot, job.folder, {one.name for one in files})
    if failed:
        drop_unit(job, failed)
        with job.held.write() as connection:  # parts that are not stretches of the feed are written anew as a whole
            anew = dict.fromkeys({one.part.value for one in failed} & job.progress.keys())
            bulk_exports.keep_export(connection, job.with_progress(**anew).export)
        return None
    with job.held.write() as connection:
        export_files.keep_standing(connection, [one.file_id for one in passed], standing)
        if export.has_delta and job.progress.get("tombstones") != standing:
            bulk_exports.keep_export(connection, job.with_progress(tombstones=None).export)
            return None
    return standing


def _judged(look: Look, files: Sequence[StoredFile], standing: str) -> tuple[list[StoredFile], list[StoredFile]]:
    """Give the files that were looked at and may be given, and those that may not; a unit goes as a whole."""
    units: dict[tuple[FilePart, int], list[StoredFile]] = defaultdict(list)
    for one in files:
        units[one.part, one.sequence].append(one)
    passed, failed = list[StoredFile](), list[StoredFile]()
    for (part, _), unit in units.items():
        if any(one.barred_at is not None for one in unit):
            failed += unit
        elif part in _OF_OBJECTS and any(one.standing != standing for one in unit):
            is_good = may_all_be_given(look, unit[0].version_ids)
            (passed if is_good else failed).extend(unit)
        elif part is FilePart.RECALLS and erased_among(look.connection, unit[0].version_ids):
            failed += unit
    return passed, failed


def publish(job: Job, previous: BulkExport | None, standing: str) -> bool:
    """Publish an export of which all files may be given in a state; False: it is another state by now, and nothing was done.

    Raises:
        UnavailableError: whoever signs cannot be reached.
        LeaseLostError: another worker has taken the work over.
    """
    with looking(job.exchange, job.reader.key, job.exchange.clock()) as look:
        if standing_of(look) != standing:
            return False
        held = _held_afterwards(look, job, previous)
    life = life_of([job.definition.snapshots, job.definition.deltas], job.export.as_of)  # takes a while: before the lock
    with job.held.write() as connection:
        order = take_order_lock(connection)
        now = job.exchange.clock()
        look_now = _still_stands(connection, job, standing, now)
        files = export_files.files_of(connection, job.export.definition_id, job.export.number, with_versions=False)
        if look_now is None or any(one.barred_at is not None for one in files):
            return False
        _publish(job, look_now, _manifest(job, look_now, previous, files, life), order)
        if not job.export.has_delta:
            export_holdings.drop_held(connection, job.export.definition_id)
        export_holdings.keep_held(connection, job.export.definition_id, held)
        save_order(connection, order)
    return True


def _held_afterwards(look: Look, job: Job, previous: BulkExport | None) -> Bits:
    files = export_files.files_of(look.connection, job.export.definition_id, job.export.number)
    if not job.export.has_delta or previous is None:
        return in_part(files, FilePart.SNAPSHOT)
    lost = lost_since(look, previous, job.export)
    touched = in_part(files, FilePart.DELTA).keys() | lost.keys()
    held = export_holdings.held(look.connection, job.export.definition_id, touched)
    return held_after(held, files, lost)


def _still_stands(connection: Connection, job: Job, standing: str, now: datetime) -> Look | None:
    """Look once more where nobody can change anything; None: what may be given is not what it was."""
    definition = exports.definition_by_id(connection, job.definition.definition_id)
    reader = None if definition is None else reader_of(connection, definition, now)
    if definition is None or reader is None or definition.ended_at is not None:
        return None
    viewpoint, state = viewpoints.find_standing(connection, reader.key)
    if viewpoint is None or form_of(definition, reader) != job.progress["form"]:
        return None
    look = Look.at(connection, viewpoint, state, now)
    is_current = viewpoint.epoch == state.epoch and viewpoint.judged_to >= state.newest_narrowing and now < viewpoint.valid_until
    return look if is_current and standing_of(look) == standing else None


def _publish(job: Job, look: Look, manifest: Manifest, order: Order) -> None:
    connection, now, export = look.connection, look.now, job.export
    envelope = sign_manifest(manifest, job.exchange.keys.statements)
    digest = manifest_digest(manifest)
    subject = f"{export.definition_id}/{export.number}"
    document = {"type": "export", "partner": manifest.partner_id, "definition": export.definition_id, "number": export.number}
    recorded = Recorded(LeafKind.EXPORT, subject, document | {"manifest_sha256": digest})
    published = replace(
        export,
        state=ExportState.PUBLISHED,
        trouble=None,
        attempts=0,
        agreement_version=manifest.agreement_version,
        standing=standing_of(look),
        published_at=now,
        expires_at=manifest.expires_at,
        manifest=json.dumps(envelope, separators=(",", ":")),
        manifest_sha256=digest,
        log_index=record_in_log(connection, order, recorded, now),
    )
    bulk_exports.keep_export(connection, published)
    bulk_exports.note_published(connection, published)
    credential_id = job.reader.principal.credential.credential_id
    events.add_events(connection, [EventRecord(Event.EXPORT_PUBLISH, now, manifest.partner_id, credential_id, subject)])


def _manifest(job: Job, look: Look, previous: BulkExport | None, files: Sequence[StoredFile], life: timedelta) -> Manifest:
    definition, export, key = job.definition, job.export, job.definition.encryption_key
    return Manifest(
        exchange_id=job.exchange_id,
        partner_id=definition.partner_id,
        definition_id=definition.definition_id,
        number=export.number,
        previous=None if previous is None else previous.manifest_sha256,
        purpose=definition.purpose,
        filters=definition.filters,
        form=definition.form,
        compression=definition.compression,
        encryption_key=None if key is None else base64.b64encode(key).decode(),
        agreement_version=look.agreement_version,
        epoch=bulk_exports.own_epoch(look.connection, definition.partner_id),
        since=None if previous is None else previous.as_of,
        as_of=export.as_of,
        expires_at=export.as_of + life,
        files=tuple(sorted((one.exported for one in files), key=lambda one: one.name)),
        recalls=tuple(sorted(job.progress.get("recalls", ()))),
    )


def life_of(schedules: Sequence[Schedule | None], now: datetime) -> timedelta:
    """Give how long an export counts as the newest: three times the longest wait for the next, within an hour and two months."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    gap = min(longest_gap(one, today) for one in schedules if one is not None)
    return min(max(3 * gap, _LEAST_LIFE), MAX_LIFE)


def lay_manifest(job: Job) -> None:
    """Lay the manifest of a published export, by which all the rest is there.

    Raises:
        DepotError: as ``Depot.create``; the export is published and is laid later.
    """
    content = (job.export.manifest or "").encode()
    for name in (f"{MANIFEST}.hpke", MANIFEST) if job.is_sealed else (MANIFEST,):
        with job.depot.create(f"{job.folder}/{name}") as sink:
            sealer = job.sealing(name, sink) if name != MANIFEST else None
            (sealer or sink).write(content)
            if sealer is not None:
                sealer.close()
            with suppress(ConflictError):  # laid before, by somebody who could not say so: a number has one manifest
                sink.commit()
    with job.held.write() as connection:
        bulk_exports.keep_export(connection, replace(job.export, is_laid=True))
