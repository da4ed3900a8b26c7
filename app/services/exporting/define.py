"""Export definitions: what a partner has written for it, by itself.

Owns who may define and change, and that nobody defines more than their own credential reads: its purpose, its ceiling. What an
export holds (purpose, ceiling, filters) and where it lies do not change: for something else another one is defined. Whoever
changes a definition takes it over: it reads as their credential from then on. Kept by
``tests/services/exporting/test_define.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError, UnfitKeyError
from app.domain.events import Event, EventRecord
from app.domain.export import Compression, ExportDefinition, ExportFormat, Schedule
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.exporting.due import ensure_by, put_on_ledger
from app.services.exporting.schedule import check_schedule
from app.services.exporting.who_reads import reader_of
from app.services.hold_order import take_order_for
from app.services.reading.readers import reader
from app.storage import credentials, events, exports, submissions
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.trust.export_seal import check_recipient

MOST_DEFINITIONS = 20
MOST_DAYS_KEPT = 30
NOT_WITHIN = "This export would read further than your credential does: its ceiling is lower."
_NO_READER = "As this credential nothing can be read for this purpose now: choose another, or issue one."
_WITH_FILES_ANEW = frozenset({"form", "compression", "encryption_key"})


@dataclass(frozen=True, slots=True)
class NewExport:
    """What is to be exported. ``snapshots`` and ``deltas`` are cron, read in ``time_zone``; None: none of this kind.

    ``purpose`` and ``tlp_ceiling`` None: the credential's. ``target`` None: the exchange's first. ``filters`` were checked by the
    form of ``GET /objects``; ``encryption_key`` is unverified. ``reads_as`` is the credential as which it reads, of the same
    partner; None: the caller's. A session of the portal ends within hours, and an export with it.
    """

    name: str
    snapshots: str | None
    deltas: str | None
    time_zone: str = "UTC"
    purpose: Purpose | None = None
    tlp_ceiling: Tlp | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    form: ExportFormat = ExportFormat.STIX_NDJSON
    compression: Compression = Compression.ZSTD
    encryption_key: bytes | None = None
    target: str | None = None
    keep_days: int = 7
    reads_as: str | None = None


def define_export(exchange: Exchange, principal: Principal, new: NewExport, use: KeyUse | None = None) -> ExportDefinition:
    """Define an export of the caller's own organisation; the first one is due by its schedules, or when it is asked for.

    Raises:
        ConflictError: one of this name is there, or ``MOST_DEFINITIONS`` are.
        ForbiddenError: the caller is no partner, may not read, or not so much.
        MalformedInputError: no schedule, no purpose, or no such target.
        UnfitKeyError: anybody could read what is encrypted to the key.
    """
    require(principal, Permission.EXPORTS_WRITE)
    now = exchange.clock()
    made = _definition(exchange, principal, new, now)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return own_definition(connection, principal, earlier)
        made = _reading_as(connection, principal, made, new.reads_as, now)
        living = exports.living_definitions(connection, made.partner_id)
        _check_name(living, made)
        if len(living) >= MOST_DEFINITIONS:
            raise ConflictError(f"There are {MOST_DEFINITIONS} exports already; end one first.")
        exports.add_definition(connection, made)
        put_on_ledger(connection, made, now)
        _record(connection, principal, Event.EXPORT_DEFINE, made, now)
        if use is not None:
            submissions.add_key_use(connection, use, made.definition_id, now)
    return made


def _definition(exchange: Exchange, principal: Principal, new: NewExport, now: datetime) -> ExportDefinition:
    reading = reader(principal, new.purpose, Channel.EXPORT)
    ceiling = principal.credential.tlp_ceiling
    target = next(iter(exchange.depots), None) if new.target is None else new.target
    if target is None or target not in exchange.depots:
        raise MalformedInputError("The exchange lays exports in no such place.", pointer="/target")
    made = ExportDefinition(
        definition_id=str(uuid.uuid4()),
        partner_id=reading.partner.partner_id,
        credential_id=principal.credential.credential_id,
        name=new.name,
        purpose=reading.purpose,
        tlp_ceiling=new.tlp_ceiling or ceiling,
        filters=new.filters,
        form=new.form,
        compression=new.compression,
        encryption_key=new.encryption_key,
        target=target,
        snapshots=_schedule(new.snapshots, new.time_zone),
        deltas=_schedule(new.deltas, new.time_zone),
        keep=_kept(new.keep_days),
        created_at=now,
    )
    _check(made, ceiling)
    return made


def change_export(exchange: Exchange, principal: Principal, definition_id: str, changes: Mapping[str, Any]) -> ExportDefinition:
    """Describe an export otherwise, pause it, or let it go on, by members of ``NewExport`` and ``is_paused``.

    It reads as the caller's credential from then on, or as the one that ``reads_as`` names, unless it is paused and nothing else.
    Files in another form, or under another key, begin with everything anew. Raises as ``define_export``, and:

    Raises:
        ConflictError: it has ended.
        NotFoundError: the caller's organisation has no such export.
    """
    require(principal, Permission.EXPORTS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        known = _living(connection, principal, definition_id)
        reads_as = changes.get("reads_as")
        changed = _changed(known, {name: value for name, value in changes.items() if name != "reads_as"})
        if changes != {"is_paused": True}:
            reader(principal, known.purpose, Channel.EXPORT)
            changed = replace(changed, credential_id=principal.credential.credential_id)
            _check(changed, principal.credential.tlp_ceiling)
            changed = _reading_as(connection, principal, changed, reads_as, now)
        if changed == known:
            return known
        others = [one for one in exports.living_definitions(connection, known.partner_id) if one.definition_id != definition_id]
        _check_name(others, changed)
        exports.change_definition(connection, changed)
        put_on_ledger(connection, changed, now)
        _record(connection, principal, Event.EXPORT_CHANGE, changed, now)
    return changed


def _reading_as(
    connection: Connection, principal: Principal, made: ExportDefinition, credential_id: str | None, now: datetime
) -> ExportDefinition:
    """Give a definition that reads as another credential of the caller's partner, if one is named; it must read as far now.

    Whoever names it may issue and revoke it, and so could take it anyway.
    """
    if credential_id is None:
        return made
    require(principal, Permission.CREDENTIALS_WRITE)
    held = credentials.credential_by_id(connection, credential_id)
    named = replace(made, credential_id=credential_id)
    if held is None or held.partner_id != made.partner_id or reader_of(connection, named, now) is None:
        raise MalformedInputError(_NO_READER, pointer="/reads_as")
    if made.tlp_ceiling.rank > held.tlp_ceiling.rank:
        raise ForbiddenError(NOT_WITHIN, pointer="/tlp_ceiling")
    return named


def _changed(known: ExportDefinition, changes: Mapping[str, Any]) -> ExportDefinition:
    zone = changes.get("time_zone", _zone_of(known))
    crons = {name: changes.get(name, _cron_of(getattr(known, name))) for name in ("snapshots", "deltas")}
    values = {name: value for name, value in changes.items() if name not in {"time_zone", "keep_days", *crons}}
    values |= {name: _schedule(cron, zone) for name, cron in crons.items()}
    if "keep_days" in changes:
        values["keep"] = _kept(changes["keep_days"])
    anew = any(getattr(known, name) != changes[name] for name in _WITH_FILES_ANEW & changes.keys())
    return replace(known, **values | ({"snapshot_wanted": True} if anew else {}))


def _kept(days: int) -> timedelta:
    if not 1 <= days <= MOST_DAYS_KEPT:
        raise MalformedInputError(f"Older files stay for 1 to {MOST_DAYS_KEPT} days.", pointer="/keep_days")
    return timedelta(days=days)


def run_now(
    exchange: Exchange, principal: Principal, definition_id: str, use: KeyUse | None = None, *, snapshot: bool = False
) -> ExportDefinition:
    """Let the next export be due now; with ``snapshot`` it holds everything. One that is being written goes on.

    Raises:
        ConflictError: it is paused, or has ended.
        NotFoundError: the caller's organisation has no such export.
    """
    require(principal, Permission.EXPORTS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        known = _living(connection, principal, definition_id)
        if earlier_outcome(connection, use) is not None:
            return known
        if known.is_paused:
            raise ConflictError("This export is paused; let it go on first.")
        if snapshot:
            exports.want_snapshot(connection, definition_id)
        ensure_by(connection, known, now)
        if use is not None:
            submissions.add_key_use(connection, use, definition_id, now)
        return own_definition(connection, principal, definition_id)


def end_export(exchange: Exchange, principal: Principal, definition_id: str) -> ExportDefinition:
    """End an export: nothing more is written, and its files go. Again is no error. Raises as ``run_now``."""
    require(principal, Permission.EXPORTS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        known = own_definition(connection, principal, definition_id)
        if known.ended_at is None:
            end_definition(connection, known, now)
            _record(connection, principal, Event.EXPORT_END, known, now)
        return own_definition(connection, principal, definition_id)


def end_definition(connection: Connection, definition: ExportDefinition, now: datetime) -> None:
    """End a definition, and let its work look after its files now."""
    exports.end_definition(connection, definition.definition_id, now)
    ensure_by(connection, definition, now)


def end_definitions_of(connection: Connection, partner_id: str, now: datetime) -> None:
    """End all that a partner has exported, since it ended itself."""
    for definition in exports.living_definitions(connection, partner_id):
        end_definition(connection, definition, now)


def own_definition(connection: Connection, principal: Principal, definition_id: str) -> ExportDefinition:
    """Give a definition that the caller may know of: its partner's own, any to staff.

    Raises:
        NotFoundError: there is none, or it is another partner's.
    """
    found = exports.definition_by_id(connection, definition_id)
    if found is None or (principal.partner is not None and principal.partner.partner_id != found.partner_id):
        raise NotFoundError
    return found


def _living(connection: Connection, principal: Principal, definition_id: str) -> ExportDefinition:
    found = own_definition(connection, principal, definition_id)
    if found.ended_at is not None:
        raise ConflictError("This export has ended; define another one.")
    return found


def _schedule(cron: str | None, zone: str) -> Schedule | None:
    return None if cron is None else Schedule(cron, zone)


def _cron_of(schedule: Schedule | None) -> str | None:
    return None if schedule is None else schedule.cron


def _zone_of(known: ExportDefinition) -> str:
    schedules = [one for one in (known.snapshots, known.deltas) if one is not None]
    return schedules[0].time_zone


def _check(made: ExportDefinition, ceiling: Tlp) -> None:
    if made.tlp_ceiling.rank > ceiling.rank:
        raise ForbiddenError(NOT_WITHIN, pointer="/tlp_ceiling")
    if made.snapshots is None and made.deltas is None:
        raise MalformedInputError("An export is due by a schedule: give snapshots, deltas, or both.", pointer="/snapshots")
    for name in ("snapshots", "deltas"):
        schedule: Schedule | None = getattr(made, name)
        if schedule is not None:
            check_schedule(schedule, f"/{name}")
    if made.encryption_key is not None:
        try:
            check_recipient(made.encryption_key)
        except UnfitKeyError as exc:
            raise UnfitKeyError(exc.sentence, pointer="/encryption_key") from None


def _check_name(others: Collection[ExportDefinition], made: ExportDefinition) -> None:
    if any(one.name == made.name for one in others):
        raise ConflictError("There is an export of this name already.", pointer="/name")


def _record(connection: Connection, principal: Principal, event: Event, of: ExportDefinition, now: datetime) -> None:
    who = principal.credential.credential_id
    events.add_events(connection, [EventRecord(event, now, of.partner_id, who, subject=of.definition_id)])
