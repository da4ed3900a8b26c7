"""``/exports``: what a partner has exported, by itself. Kept by ``tests/http/test_exports.py``."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.http.answers import answer_json
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.export_payloads import (
    ExportChangePayload,
    ExportPayload,
    ExportsPayload,
    NewExportPayload,
    NewRunPayload,
    RunQuery,
    RunsPayload,
    RunWithFilesPayload,
)
from app.http.idempotency import use_of_key
from app.http.list_payloads import ListQuery, asked_by
from app.http.payloads import EnvelopePayload
from app.http.ranges import HEADERS_OF_RANGES, PART_OF_A_FILE, answer_file
from app.services.exporting import define, give_file, look_up
from app.services.exporting.look_up import DefinitionRecord
from app.services.list_pages import ListPage
from app.services.proving.serve_log import number as number_of
from app.web.context import exchange, principal

BYTES = "application/octet-stream"

blueprint = ApiBlueprint("exports", "What a partner has exported, by itself: definitions, how far each export is, files.")
_EXPORT = "/exports/<definition_id>"


@blueprint.get("/exports", Permission.EXPORTS_READ)
@blueprint.query(ListQuery)
@blueprint.answers(HTTPStatus.OK, ExportsPayload)
def find_all(query: dict[str, Any]) -> ListPage[DefinitionRecord]:
    """List one's own exports, those that ended as well; staff see everybody's, without what they ask for."""
    return look_up.page_of_exports(exchange(), principal(), asked_by(query))


@blueprint.post("/exports", Permission.EXPORTS_WRITE, also=(422,))
@blueprint.body(NewExportPayload)
@blueprint.answers(HTTPStatus.CREATED, ExportPayload)
def add(new: define.NewExport) -> tuple[DefinitionRecord, int, dict[str, str]]:
    """Define an export. It reads as the credential that this is sent with, over the channel of exports."""
    made = define.define_export(exchange(), principal(), new, use_of_key())
    return _told(made.definition_id), HTTPStatus.CREATED, {"Location": f"{PREFIX}/exports/{made.definition_id}"}


@blueprint.get(_EXPORT, Permission.EXPORTS_READ)
@blueprint.answers(HTTPStatus.OK, ExportPayload)
def find_one(definition_id: str) -> DefinitionRecord:
    """Give one export."""
    return _told(definition_id)


@blueprint.patch(_EXPORT, Permission.EXPORTS_WRITE, also=(422,))
@blueprint.body(ExportChangePayload)
@blueprint.answers(HTTPStatus.OK, ExportPayload)
def change(changes: dict[str, Any], definition_id: str) -> DefinitionRecord:
    """Describe an export otherwise, pause it, or let it go on. It reads as the caller's credential from then on."""
    return _told(define.change_export(exchange(), principal(), definition_id, changes).definition_id)


@blueprint.delete(_EXPORT, Permission.EXPORTS_WRITE)
@blueprint.answers(HTTPStatus.OK, ExportPayload)
def end(definition_id: str) -> DefinitionRecord:
    """End an export: nothing more is written, and its files go. Again is no error."""
    return _told(define.end_export(exchange(), principal(), definition_id).definition_id)


@blueprint.get(f"{_EXPORT}/runs", Permission.EXPORTS_READ)
@blueprint.query(RunQuery)
@blueprint.answers(HTTPStatus.OK, RunsPayload)
def find_runs(query: dict[str, Any], definition_id: str) -> look_up.ExportsPage:
    """List what was written, is being written or waits, newest first."""
    return look_up.list_runs(exchange(), principal(), definition_id, query["before"], query["limit"])


@blueprint.post(f"{_EXPORT}/runs", Permission.EXPORTS_WRITE)
@blueprint.body(NewRunPayload)
@blueprint.answers(HTTPStatus.ACCEPTED, ExportPayload)
def run(given: dict[str, Any], definition_id: str) -> tuple[DefinitionRecord, int]:
    """Let the next export be made now; with ``snapshot`` it holds everything."""
    define.run_now(exchange(), principal(), definition_id, use_of_key(), snapshot=given["snapshot"])
    return _told(definition_id), HTTPStatus.ACCEPTED


@blueprint.get(f"{_EXPORT}/runs/<number>", Permission.EXPORTS_READ)
@blueprint.answers(HTTPStatus.OK, RunWithFilesPayload)
def find_run(definition_id: str, number: str) -> look_up.ExportRecord:
    """Give one export by its number, with its files once it is published."""
    return look_up.get_run(exchange(), principal(), definition_id, number_of(number))


@blueprint.get(f"{_EXPORT}/manifest", Permission.EXPORTS_READ)
@blueprint.answers(HTTPStatus.OK, EnvelopePayload)
def find_newest_manifest(definition_id: str) -> Response:
    """Give the signed manifest of the newest export that is published."""
    return _manifest(look_up.get_manifest(exchange(), principal(), definition_id))


@blueprint.get(f"{_EXPORT}/manifests/<number>", Permission.EXPORTS_READ)
@blueprint.answers(HTTPStatus.OK, EnvelopePayload)
def find_manifest(definition_id: str, number: str) -> Response:
    """Give the signed manifest of an export by its number."""
    return _manifest(look_up.get_manifest(exchange(), principal(), definition_id, number_of(number)))


@blueprint.get(f"{_EXPORT}/files/<name>", Permission.EXPORTS_READ, also=(304, 410, 416), headers=HEADERS_OF_RANGES)
@blueprint.answers_bytes(BYTES)
@blueprint.described(responses={206: PART_OF_A_FILE})
def find_file(definition_id: str, name: str) -> Response:
    """Give a file, whole or one range of it (RFC 9110 §14); its ETag is its SHA-256.

    What it holds is asked for again, before and while it leaves; where something may not be given any more, there is nothing.
    """
    return answer_file(give_file.give_file(exchange(), principal(), definition_id, name))


def _told(definition_id: str) -> DefinitionRecord:
    return look_up.get_export(exchange(), principal(), definition_id)


def _manifest(envelope: str) -> Response:
    return answer_json(json.loads(envelope))
