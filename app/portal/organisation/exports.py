"""Bulk exports: what is written for us, how far each is, defining one, pausing, running and ending it.

Files are for tools: the page gives the command. An export that is defined here reads as a service account of ours, since the
session of whoever defines it ends within hours. Kept by ``tests/portal/organisation/test_exports.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, MalformedInputError
from app.domain.export import ExportFormat
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Tlp
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, once, use_of_form
from app.portal.organisation.blueprint import OrganisationBlueprint, may, principal
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.pages import go_to, page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.portal.plain_words import called, offered, pairs
from app.portal.unconfirmed import Unconfirmed
from app.services.exporting import define, look_up
from app.services.exporting.keys import key_bytes
from app.services.signing_in.own_credentials import own_credentials
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_exports")
_ONE = "/organisation/exports/<definition_id>"
_FIELDS = ("name", "purpose", "tlp_ceiling", "form", "snapshots", "deltas", "time_zone", "encryption_key", "reads_as")
_AT = {one: one for one in _FIELDS}
_ENDED = "ended"
RUNS = 20


@blueprint.page("/organisation/exports", Permission.EXPORTS_READ, query=[NEXT, _ENDED])
def show() -> Response:
    """List exports and how far each is, and those that ended."""
    living = look_up.page_of_exports(exchange(), principal(), asked_by_address(), has_ended=False)
    ended = look_up.page_of_exports(exchange(), principal(), asked_by_address(_ENDED), has_ended=True)
    known: dict[str, Any] = {"living": living.rows, "passage": passage_of(living)}
    known |= {"ended": ended.rows, "ended_passage": passage_of(ended, _ENDED)}
    return page("organisation/exports.html", **known)


@blueprint.page("/organisation/exports/new", Permission.EXPORTS_WRITE, fresh=True)
def begin() -> Response:
    """Show the form for a new export."""
    usual = dict.fromkeys(_FIELDS, "") | {"tlp_ceiling": Tlp.AMBER_STRICT.value, "form": ExportFormat.STIX_NDJSON.value}
    return _new(usual | {"snapshots": "0 3 * * *", "deltas": "*/15 * * * *", "time_zone": "UTC"})


@blueprint.form("/organisation/exports/new", Permission.EXPORTS_WRITE, fresh_at="own_exports.begin", does="Set up an export")
def add() -> Response:
    """Define an export."""
    given = fields(*_FIELDS, ONCE_FIELD)
    try:
        made = define.define_export(exchange(), principal(), _terms(given), use_of_form())
    except AT_A_FORM as exc:
        return _new(given, exc)
    return go_to("own_exports.show_one", definition_id=made.definition_id)


@blueprint.page(_ONE, Permission.EXPORTS_READ, query=[NEXT])
def show_one(definition_id: str) -> Response:
    """Show one export and its runs."""
    return _shown(definition_id)


@blueprint.form(f"{_ONE}/run", Permission.EXPORTS_WRITE, unconfirmed=Unconfirmed.REPEATS)
def run(definition_id: str) -> Response:
    """Let the next one be written now."""
    fields()
    try:
        define.run_now(exchange(), principal(), definition_id)
    except AT_A_FORM as exc:
        return _shown(definition_id, exc)
    return go_to("own_exports.show_one", definition_id=definition_id)


@blueprint.form(f"{_ONE}/pause", Permission.EXPORTS_WRITE, fresh_at="own_exports.show_one", does="Pause an export")
def pause(definition_id: str) -> Response:
    """Have nothing written until it goes on."""
    fields()
    return _changed(definition_id, {"is_paused": True})


@blueprint.form(
    f"{_ONE}/reader",
    Permission.EXPORTS_WRITE,
    fresh_at="own_exports.show_one",
    does="Let an export go on, and say who reads for it",
)
def go_on(definition_id: str) -> Response:
    """Let it go on, reading as a credential of ours that is chosen."""
    given = fields("reads_as")
    if not given["reads_as"]:
        return _shown(definition_id, MalformedInputError("Choose as which credential it reads.", pointer="/reads_as"))
    return _changed(definition_id, {"is_paused": False, "reads_as": given["reads_as"]})


@blueprint.form(f"{_ONE}/end", Permission.EXPORTS_WRITE, fresh_at="own_exports.show_one", does="End an export for good")
def end(definition_id: str) -> Response:
    """End it: nothing more is written, and its files go."""
    fields()
    define.end_export(exchange(), principal(), definition_id)
    return go_to("own_exports.show")


def _changed(definition_id: str, changes: Mapping[str, Any]) -> Response:
    try:
        define.change_export(exchange(), principal(), definition_id, changes)
    except AT_A_FORM as exc:
        return _shown(definition_id, exc)
    return go_to("own_exports.show_one", definition_id=definition_id)


def _terms(given: Mapping[str, str]) -> define.NewExport:
    """Give what a form asks for; schedules and rights are the service's to look at."""
    name = given["name"].strip()
    if not name or len(name) > 100 or not name.isprintable():  # noqa: PLR2004  # as REST's
        raise MalformedInputError("A name has 1 to 100 characters.", pointer="/name")
    if given["purpose"] not in set(Purpose):
        raise MalformedInputError("Choose for what it is read.", pointer="/purpose")
    if given["tlp_ceiling"] not in set(Tlp) or given["form"] not in set(ExportFormat):
        raise MalformedInputError("Choose among the labels and forms of the list.", pointer="/tlp_ceiling")
    if not given["reads_as"]:
        raise MalformedInputError("Choose as which credential it reads.", pointer="/reads_as")
    key = key_bytes(given["encryption_key"].strip()) if given["encryption_key"].strip() else None
    if key is None and given["encryption_key"].strip():
        raise MalformedInputError("This is no Base64 of 32 bytes.", pointer="/encryption_key")
    return define.NewExport(
        name,
        given["snapshots"].strip() or None,
        given["deltas"].strip() or None,
        given["time_zone"].strip() or "UTC",
        Purpose(given["purpose"]),
        Tlp(given["tlp_ceiling"]),
        form=ExportFormat(given["form"]),
        encryption_key=key,
        reads_as=given["reads_as"],
    )


def readers() -> list[tuple[str, str]]:
    """Give the tokens of service accounts that count, as which an export can read: ids and names, with their ends."""
    if not (may(Permission.CREDENTIALS_READ) and may(Permission.CREDENTIALS_WRITE)):
        return []
    now, known = exchange().clock(), own_credentials(exchange(), principal())
    held = [one.credential for one in known if one.counts(now) and one.session is None and one.credential.person_id is None]
    fit = [one for one in held if Permission.OBJECTS_READ in one.scopes]
    return [(one.credential_id, f"{one.name} ({called(one.tlp_ceiling)}, {one.credential_id[:8]})") for one in fit]


def _new(given: Mapping[str, str], failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, _AT)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("organisation/export_new.html", status, given=given, readers=readers(), once=once, **told, **_known())


def _shown(definition_id: str, failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, {"reads_as": "reads_as"})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    record = look_up.get_export(exchange(), principal(), definition_id)
    runs = look_up.page_of_runs(exchange(), principal(), definition_id, asked_by_address(limit=RUNS))
    passage = passage_of(runs, endpoint="own_exports.show_one")
    known = {"record": record, "runs": runs.rows, "passage": passage, "readers": readers()}
    return page("organisation/export.html", status, **known, **told, **_known())


def _known() -> dict[str, Any]:
    return {
        "purposes": pairs(offered(Purpose)),
        "ceilings": pairs(one for one in offered(Tlp) if one is not Tlp.RED),
        "forms": pairs(offered(ExportFormat)),
    }
