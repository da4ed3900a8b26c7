"""Work of the kind ``export-run``: the exports of one definition, a file at a time.

Owns the order of steps, when an export begins and on what it rests, and what becomes of one that cannot go on: it waits, and is
tried again. Each step reads from the database how far it is, so that it may be cut off at any point and taken over by any worker;
the work's lease and fence say which one writes. Kept by ``tests/services/exporting/test_run.py``; decision 42.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.depot.port import Depot
from app.domain.errors import DepotError, DepotFullError, DepotRefusedError, ExhaustedError, UnavailableError
from app.domain.events import Event, EventRecord
from app.domain.export import ExportDefinition, ExportState, FilePart, Trouble
from app.domain.paging import AlarmCode
from app.services.exchange import Exchange
from app.services.exporting.clear import clear_definition, clear_folder, depot_of
from app.services.exporting.holdings import NamelessError
from app.services.exporting.job import Job, basis_of, folder_of, form_of
from app.services.exporting.keep import bar_outdated, end_exports
from app.services.exporting.publish import lay_manifest, look_through, publish
from app.services.exporting.schedule import next_export, snapshot_is_due
from app.services.exporting.who_reads import reader_of
from app.services.exporting.write_losses import drop_unit, write_recalls, write_tombstones
from app.services.exporting.write_parts import Stretch, next_stretch, write_unit
from app.services.held_work import HeldWork
from app.services.limiting.count_usage import check_given
from app.services.raise_alarm import raise_alarm
from app.services.reading.readers import Reader
from app.services.reading.visible_set import looking
from app.storage import bulk_exports, documents, export_files, exports, members, work
from app.storage.bulk_exports import BulkExport
from app.storage.export_files import StoredFile

_OLDEST = timedelta(hours=20)
"""An export that is not published so long after its frozen instant begins anew: it would tell of the past."""

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=1)
_MOST_DOUBLINGS = 10
_AWAY = timedelta(seconds=10)
_CLEARING = timedelta(minutes=1)
_ALARM_AFTER = timedelta(days=1)


def export_run(exchange: Exchange, held: HeldWork, now: datetime) -> datetime | None:
    """Do one step of a definition's export. Gives when to go on; None: the definition ended, or other work does the same."""
    definition_id = held.task.payload["definition_id"]
    with held.write() as connection:
        definition = exports.definition_by_id(connection, definition_id)
        if definition is None or not work.is_first(connection, held.task):
            return None
        if definition.ended_at is not None:
            end_exports(connection, definition, now)
            targets = bulk_exports.targets_of(connection, definition_id)
        export = bulk_exports.open_export(connection, definition_id)
        previous = bulk_exports.last_published(connection, definition_id)
        reader = reader_of(connection, definition, now)
        exchange_id = members.this_exchange(connection).exchange_id
    if definition.ended_at is not None:
        return _clear(exchange, held, definition, targets, now)
    if export is None and definition.is_paused:
        return next_export(definition, now)
    return _Run(exchange, held, exchange_id, definition, reader, now).attempt(export, previous)


def _clear(
    exchange: Exchange, held: HeldWork, definition: ExportDefinition, targets: Collection[str], now: datetime
) -> datetime | None:
    """Take away all that was laid for a definition that ended. Gives when to try again; None when nothing is left."""
    try:
        clear_definition(held, exchange.depots, definition, targets)
    except DepotError:
        return now + _CLEARING
    return None


@dataclass(frozen=True, slots=True)
class _Run:
    """One step of the work on a definition."""

    exchange: Exchange
    held: HeldWork
    exchange_id: str
    definition: ExportDefinition
    reader: Reader | None
    now: datetime

    def attempt(self, export: BulkExport | None, previous: BulkExport | None) -> datetime:
        """Do what is next, or keep why it cannot be done. Gives when to go on."""
        trouble, wait = Trouble.STORAGE_UNAVAILABLE, None
        try:
            return self.step(export, previous)
        except ExhaustedError as exc:
            trouble, wait = Trouble.VOLUME_EXHAUSTED, timedelta(seconds=exc.retry_after_seconds or 1)
        except UnavailableError as exc:
            if not isinstance(exc, DepotError):
                return self.now + _AWAY  # the database, who signs, or what narrows: none of them is the export's
            if isinstance(exc, DepotFullError):
                trouble = Trouble.STORAGE_FULL
            elif isinstance(exc, DepotRefusedError):
                trouble = Trouble.STORAGE_REFUSED
        return self.wait(trouble, wait)

    def step(self, export: BulkExport | None, previous: BulkExport | None) -> datetime:
        """Do what is next. Gives when to go on."""
        target = self.definition.target if export is None else export.target
        reader = self.reader
        if reader is None:
            return self._end_access(export, target)
        depot = depot_of(self.exchange.depots, target)
        if export is not None and export.state is ExportState.PUBLISHED:
            lay_manifest(self._job(reader, depot, export))
            return self._finish()
        job = None if export is None else self._job(reader, depot, export)
        if job is None or self._is_stale(job, reader):
            return self._begin(job, previous, reader)
        files = self._files(job.export)
        if self.held.task.attempts > 1 or job.export.trouble is not None:  # whoever was at it may have left what no row knows
            clear_folder(self.held, depot, job.folder, {one.name for one in files})
        try:
            _write(job, previous, files)
        except NamelessError:
            return self._begin(job, previous, reader, anew=True)
        return self.now

    def _job(self, reader: Reader, depot: Depot, export: BulkExport) -> Job:
        return Job(self.exchange, self.held, self.exchange_id, self.definition, reader, depot, export)

    def _is_stale(self, job: Job, reader: Reader) -> bool:
        is_other = job.progress.get("form") != form_of(self.definition, reader)
        return is_other or self.now - job.export.as_of > _OLDEST

    def _begin(self, job: Job | None, previous: BulkExport | None, reader: Reader, *, anew: bool = False) -> datetime:
        """Freeze the instant of which the next export tells, and the stretch of the feed that is new in it."""
        if job is not None:
            drop_unit(job, self._files(job.export))
        with looking(self.exchange, reader.key, self.now) as look:
            check_given(self.exchange, look.connection, reader.partner.partner_id, look.now)
            number = bulk_exports.next_number(look.connection, self.definition.definition_id)
            as_of = look.now if previous is None else max(look.now, previous.as_of)
            upto, version = look.position, look.agreement_version
        if version == 0:
            return self.wait(Trouble.ACCESS_ENDED)
        basis = basis_of(self.definition, reader)
        goes_on = previous is not None and documents.load(previous.progress or "{}").get("basis") == basis and not anew
        has_delta = goes_on and self.definition.deltas is not None
        last = None if previous is None else previous.as_of
        export = BulkExport(
            definition_id=self.definition.definition_id,
            number=number,
            target=self.definition.target,
            state=ExportState.WRITING,
            began_at=self.now if job is None else job.export.began_at,
            as_of=as_of,
            after_position=0 if previous is None else previous.upto_position,
            upto_position=upto,
            has_delta=has_delta,
            has_snapshot=not has_delta or snapshot_is_due(self.definition, last, as_of),
            agreement_version=version,
            progress=documents.dump({"basis": basis, "form": form_of(self.definition, reader)}),
        )
        # Nothing lies there yet, unless a database was brought back that knows less, or a writer was killed.
        folder = folder_of(export, self.definition.partner_id)
        clear_folder(self.held, depot_of(self.exchange.depots, export.target), folder)
        with self.held.write() as connection:
            bulk_exports.keep_export(connection, export)
        return self.now

    def _end_access(self, export: BulkExport | None, target: str) -> datetime:
        """Wait until somebody may read again, and let nothing lie there meanwhile that nobody was given."""
        if export is not None and export.state is not ExportState.PUBLISHED:
            files = self._files(export)
            if files or export.progress is not None or self.held.task.attempts > 1:
                with self.held.write() as connection:
                    bulk_exports.keep_export(connection, replace(export, progress=None))  # when it goes on, it begins anew
                folder = folder_of(export, self.definition.partner_id)
                clear_folder(self.held, depot_of(self.exchange.depots, target), folder)
                with self.held.write() as connection:
                    export_files.drop_files(connection, [one.file_id for one in files])
        return self.wait(Trouble.ACCESS_ENDED)

    def _files(self, export: BulkExport) -> Sequence[StoredFile]:
        with self.exchange.database.read() as connection:
            return export_files.files_of(connection, export.definition_id, export.number, with_versions=False)

    def _finish(self) -> datetime:
        """See to what is kept no longer, and come back when the next export is due."""
        with self.held.write() as connection:
            bar_outdated(connection, self.definition, self.now)
            definition = exports.definition_by_id(connection, self.definition.definition_id) or self.definition
        return next_export(definition, self.now)

    # --- waiting --------------------------------------------------------------------------------------------------------------

    def wait(self, trouble: Trouble, wait: timedelta | None = None) -> datetime:
        """Keep why an export cannot go on. Gives when it is tried again; whoever waits for a day alarms the operators."""
        definition_id = self.definition.definition_id
        with self.held.write() as connection:
            export = bulk_exports.open_export(connection, definition_id)
            if export is None:
                export = self._not_begun(bulk_exports.next_number(connection, definition_id))
            is_published = export.state is ExportState.PUBLISHED
            state = export.state if is_published else ExportState.WAITING
            waiting = replace(export, state=state, trouble=trouble, attempts=export.attempts + 1)
            alarmed_at, progress = self._alarmed_at(waiting), documents.load(waiting.progress or "{}")
            if alarmed_at is None or self.now - alarmed_at >= _ALARM_AFTER:
                record = EventRecord(Event.ALARM_RAISE, self.now, self.definition.partner_id, subject=definition_id)
                raise_alarm(connection, AlarmCode.EXPORT_WAITING, record)
                waiting = replace(waiting, progress=documents.dump(progress | {"alarmed_at": self.now}))
            bulk_exports.keep_export(connection, waiting)
        return self.now + (wait or min(_FIRST_WAIT * 2 ** min(export.attempts, _MOST_DOUBLINGS), _LONGEST_WAIT))

    def _alarmed_at(self, export: BulkExport) -> datetime | None:
        """Give when the operators were told last; before a day has passed, it began when they would have been."""
        text = documents.load(export.progress or "{}").get("alarmed_at")
        began = export.published_at or export.began_at
        return began if text is None else datetime.fromisoformat(text)

    def _not_begun(self, number: int) -> BulkExport:
        """Give an export that waits before it could begin; when it can, it is frozen."""
        return BulkExport(
            definition_id=self.definition.definition_id,
            number=number,
            target=self.definition.target,
            state=ExportState.WAITING,
            began_at=self.now,
            as_of=self.now,
            after_position=0,
            upto_position=0,
            has_delta=False,
            has_snapshot=False,
            agreement_version=0,
        )


def _write(job: Job, previous: BulkExport | None, files: Sequence[StoredFile]) -> None:
    """Write one unit, or publish if all is written."""
    stretch = _next(job.export, files)
    if stretch is not None:
        exchange, partner_id = job.exchange, job.reader.partner.partner_id
        with exchange.database.read() as connection:
            check_given(exchange, connection, partner_id, exchange.clock())
        write_unit(job, stretch)
    elif previous is not None and job.progress.get("recalls") is None:
        write_recalls(job)
    elif previous is not None and job.export.has_delta and job.progress.get("tombstones") is None:
        write_tombstones(job, previous)
    else:
        standing = look_through(job)
        if standing is not None:
            publish(job, previous, standing)


def _next(export: BulkExport, files: Sequence[StoredFile]) -> Stretch | None:
    parts = [(FilePart.DELTA, export.after_position)] * export.has_delta + [(FilePart.SNAPSHOT, 0)] * export.has_snapshot
    stretches = (next_stretch(part, files, after, export.upto_position) for part, after in parts)
    return next((one for one in stretches if one is not None), None)
