"""Bodies of the routes about exports. Owns names and forms on the wire. Kept by ``tests/http/test_export_payloads.py``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate, validates_schema

from app.domain.export import Compression, ExportFormat, ExportState, FilePart, Schedule, Trouble
from app.domain.vocabulary import Purpose, Tlp
from app.http.fields import Count, Flag, Form, Moment, Word, name_field
from app.http.list_payloads import ListPayload
from app.http.object_payloads import ObjectFilters
from app.http.payloads import Strict
from app.services.exporting.define import NewExport
from app.services.exporting.keys import key_bytes, key_text
from app.services.exporting.look_up import DefinitionRecord, ExportRecord
from breakwater_client.instant import instant_text

MOST_RUNS = 100
_USUAL_RUNS = 20
_LONGEST_KEPT_DAYS = 3650
_HIGHEST = 10**9
_KEYS_OF_TIME = frozenset({"modified_after", "modified_before", "valid_at"})
_INSTANTS = frozenset({"added_after", "added_before"})
_TEXT = Form(r"[\x20-\x7e]{1,100}", "This is 1 to 100 characters of ASCII.")
_ZONE = Form(r"[\x21-\x7e]{1,64}", "This is no time zone of the IANA database, such as Europe/Amsterdam.")
_TARGET = Form("[a-z][a-z0-9-]{0,39}", "The exchange lays exports in no such place.")


class ExportFiltersPayload(ObjectFilters):
    """What is exported: the filters of ``GET /objects``. One that is left out takes nothing away; an empty one is refused."""

    @validates_schema
    def _check(self, values: dict[str, Any], **_: Any) -> None:
        empty = [name for name, value in values.items() if value == frozenset()]
        if empty:
            raise ValidationError("An empty list would let nothing through: leave the filter out.", field_name=empty[0])

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: _plain(name, value) for name, value in values.items()}


def _plain(name: str, value: Any) -> Any:
    if name in _INSTANTS:
        return instant_text(value)
    if name in _KEYS_OF_TIME:
        return f"{value}Z"
    return sorted(map(str, value)) if isinstance(value, frozenset) else value


class RecipientKey(fields.Field[bytes]):
    """A raw X25519 public key of 32 bytes, in Base64 with padding (RFC 4648 §4)."""

    def _serialize(self, value: bytes | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else key_text(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bytes:
        raw = key_bytes(value)
        if raw is None:
            raise ValidationError("This is no Base64 of 32 bytes.")
        return raw


class ExportChangePayload(Strict):
    """What is to be otherwise; what is left out stays. ``encryption_key`` null: not encrypted any more.

    ``snapshots`` and ``deltas`` are five fields of cron, read in ``time_zone``; null: none of this kind.
    """

    name = name_field()
    format = Word(ExportFormat, attribute="form")
    compression = Word(Compression)
    encryption_key = RecipientKey(allow_none=True)
    snapshots = fields.String(allow_none=True, validate=_TEXT)
    deltas = fields.String(allow_none=True, validate=_TEXT)
    time_zone = fields.String(validate=_ZONE)
    keep_days = fields.Integer(strict=True, validate=validate.Range(1, _LONGEST_KEPT_DAYS))
    paused = Flag(attribute="is_paused")


class NewExportPayload(Strict):
    """What is to be exported, in which form, and when: ``snapshots`` (everything), ``deltas`` (what is new), or both.

    They are five fields of cron, read in ``time_zone``. ``purpose`` and ``tlp_ceiling`` are the credential's, if left out;
    ``target`` is the exchange's first place. ``encryption_key`` is a raw X25519 public key in Base64. Files are kept for
    ``keep_days``; the newest snapshot and what follows it always are.
    """

    name = name_field(required=True)
    purpose = Word(Purpose)
    tlp_ceiling = Word(Tlp)
    filters = fields.Nested(ExportFiltersPayload)
    format = Word(ExportFormat, attribute="form")
    compression = Word(Compression)
    encryption_key = RecipientKey(allow_none=True)
    target = fields.String(validate=_TARGET)
    snapshots = fields.String(load_default=None, allow_none=True, validate=_TEXT)
    deltas = fields.String(load_default=None, allow_none=True, validate=_TEXT)
    time_zone = fields.String(validate=_ZONE)
    keep_days = fields.Integer(strict=True, validate=validate.Range(1, _LONGEST_KEPT_DAYS))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewExport:
        return NewExport(**values)


class NewRunPayload(Strict):
    """An export that is to be made now; with ``snapshot`` it holds everything."""

    snapshot = Flag(load_default=False)


class RunQuery(Strict):
    """Which exports: those with a number below ``before``, from the newest if it is left out."""

    before = Count(1, _HIGHEST, load_default=None)
    limit = Count(1, MOST_RUNS, load_default=_USUAL_RUNS)


class RunPayload(Schema):
    """How far an export is. ``as_of`` is the instant of which all its files tell.

    ``trouble`` is why it waits; it is tried again by itself. After ``expires_at`` a newer one must be there.
    """

    number = fields.Integer(required=True)
    state = Word(ExportState, required=True)
    trouble = Word(Trouble, required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    began_at = Moment(required=True)
    as_of = Moment(required=True)
    has_delta = fields.Boolean(required=True)
    has_snapshot = fields.Boolean(required=True)
    published_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    manifest_sha256 = fields.String(required=True, allow_none=True)
    log_index = fields.Integer(required=True, allow_none=True)


class RunsPayload(Schema):
    """Exports of a definition, newest first; ``next`` is what to send as ``before`` to go on, null at the end."""

    runs = fields.List(fields.Nested(RunPayload), attribute="exports", required=True)
    next = fields.Integer(required=True, allow_none=True)


class ExportedFilePayload(Schema):
    """A file of an export; one that is ``gone`` holds what may not be given any more, or was kept long enough."""

    name = fields.String(required=True)
    part = Word(FilePart, required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    objects = fields.Integer(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    gone = fields.Boolean(attribute="is_gone", required=True)


class RunWithFilesPayload(RunPayload):
    """An export and its files, once it is published; ``files`` null: not told to staff, nor to who does not read as far."""

    files = fields.List(fields.Nested(ExportedFilePayload), required=True, allow_none=True)

    @pre_dump
    def _flatten(self, record: ExportRecord, **_: Any) -> dict[str, Any]:
        told = {name: getattr(record.export, name) for name in RunPayload().fields}
        return told | {"files": record.files}


class ExportPayload(Schema):
    """A definition, when its next export is due or tried again, and its newest one; ``filters`` null: not told to staff."""

    id = fields.String(required=True)
    partner_id = fields.String(required=True)
    credential_id = fields.String(required=True)
    name = fields.String(required=True)
    purpose = Word(Purpose, required=True)
    tlp_ceiling = Word(Tlp, required=True)
    filters = fields.Dict(required=True, allow_none=True)
    format = Word(ExportFormat, attribute="form", required=True)
    compression = Word(Compression, required=True)
    encryption_key = RecipientKey(required=True, allow_none=True)
    target = fields.String(required=True)
    snapshots = fields.String(required=True, allow_none=True)
    deltas = fields.String(required=True, allow_none=True)
    time_zone = fields.String(required=True)
    keep_days = fields.Integer(required=True)
    paused = fields.Boolean(attribute="is_paused", required=True)
    snapshot_wanted = fields.Boolean(required=True)
    created_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    next_due_at = Moment(required=True, allow_none=True)
    newest = fields.Nested(RunPayload, required=True, allow_none=True)

    @pre_dump
    def _flatten(self, record: DefinitionRecord, **_: Any) -> dict[str, Any]:
        known = record.definition
        crons: dict[str, Schedule | None] = {"snapshots": known.snapshots, "deltas": known.deltas}
        zones = [one.time_zone for one in crons.values() if one is not None]
        told = {name: getattr(known, name) for name in known.__dataclass_fields__}
        return told | {
            "id": known.definition_id,
            "time_zone": zones[0],
            "keep_days": known.keep.days,
            "filters": record.filters,
            "next_due_at": record.next_due_at,
            "newest": record.newest,
            **{name: None if one is None else one.cron for name, one in crons.items()},
        }


class ExportsPayload(ListPayload):
    """Definitions, oldest first; those that ended as well."""

    exports = fields.List(fields.Nested(ExportPayload), attribute="rows", required=True)
