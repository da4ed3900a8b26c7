"""Changing an export: its name, schedules, form, key and as whom it reads; what that changes is said before it is done.

What it holds (purpose, label, filters) stays: for something else another one is defined. Kept by
``tests/portal/organisation/test_export_changes.py``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.export import ExportDefinition, ExportFormat, Schedule
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.organisation.blueprint import OrganisationBlueprint, principal
from app.portal.organisation.exports import readers
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.pages import go_to, page
from app.portal.plain_words import called, offered, pairs
from app.portal.unconfirmed import Unconfirmed
from app.portal.words import gettext
from app.services.exporting import define, look_up
from app.services.exporting.keys import key_bytes
from app.services.exporting.schedule import check_schedule
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_export_changes")
_PATH = "/organisation/exports/<definition_id>/change"
_BEGIN = "own_export_changes.begin"
_FIELDS = ("name", "form", "snapshots", "deltas", "time_zone", "keep_days", "encryption_key", "reads_as")
_TITLES: Mapping[str, str] = {
    "name": "Name",
    "form": "Form",
    "snapshots": "Everything",
    "deltas": "What is new",
    "time_zone": "Time zone",
    "keep_days": "Days for which older files stay",
    "encryption_key": "Encryption key",
    "reads_as": "Reads as",
}
_DAYS = re.compile("[1-9][0-9]?", re.ASCII)


@blueprint.page(_PATH, Permission.EXPORTS_WRITE, fresh=True)
def begin(definition_id: str) -> Response:
    """Show the form, filled with how the export is now."""
    return _form(_living(definition_id), None, None)


@blueprint.form(f"{_PATH}/preview", Permission.EXPORTS_WRITE, unconfirmed=Unconfirmed.READS)
def preview(definition_id: str) -> Response:
    """Show what would change, before it is done."""
    known, given = _living(definition_id), fields(*_FIELDS)
    try:
        changed = _changes(known, given)
        if not changed:
            raise ConflictError(gettext("This is how it is already: nothing would change."))
    except AT_A_FORM as exc:
        return _form(known, given, exc)
    return _preview(known, given, changed)


@blueprint.form(_PATH, Permission.EXPORTS_WRITE, fresh_at=_BEGIN, does="Change an export")
def change(definition_id: str) -> Response:
    """Change the export as was shown."""
    known, given = _living(definition_id), fields(*_FIELDS)
    try:
        changed = _changes(known, given)
        define.change_export(exchange(), principal(), definition_id, changed | {"reads_as": given["reads_as"]})
    except AT_A_FORM as exc:
        return _form(known, given, exc)
    return go_to("own_exports.show_one", definition_id=definition_id)


def _living(definition_id: str) -> ExportDefinition:
    """Give an export of ours that has not ended; of one that has, ``ConflictError``."""
    known = look_up.get_export(exchange(), principal(), definition_id).definition
    if known.ended_at is not None:
        raise ConflictError(gettext("This export has ended; define another one."))
    return known


def _as_it_is(known: ExportDefinition) -> dict[str, str]:
    schedules = [one for one in (known.snapshots, known.deltas) if one is not None]
    return {
        "name": known.name,
        "form": known.form.value,
        "snapshots": known.snapshots.cron if known.snapshots else "",
        "deltas": known.deltas.cron if known.deltas else "",
        "time_zone": schedules[0].time_zone if schedules else "UTC",
        "keep_days": str(known.keep.days),
        "encryption_key": base64.b64encode(known.encryption_key).decode() if known.encryption_key else "",
        "reads_as": known.credential_id,
    }


def _changes(known: ExportDefinition, given: Mapping[str, str]) -> dict[str, Any]:
    """Give what a form would change, as the service takes it; raises ``MalformedInputError`` at the field."""
    said = {name: value.strip() for name, value in given.items()}
    said["time_zone"] = said["time_zone"] or "UTC"
    if not said["name"] or len(said["name"]) > 100 or not said["name"].isprintable():  # noqa: PLR2004  # as REST's
        raise MalformedInputError(gettext("A name has 1 to 100 characters."), pointer="/name")
    if said["form"] not in set(ExportFormat):
        raise MalformedInputError(gettext("Choose among the forms of the list."), pointer="/form")
    if not _DAYS.fullmatch(said["keep_days"]) or int(said["keep_days"]) > define.MOST_DAYS_KEPT:
        raise MalformedInputError(gettext("Older files stay for 1 to 30 days."), pointer="/keep_days")
    if said["reads_as"] not in {one for one, _ in readers()}:
        raise MalformedInputError(gettext("Choose as which credential it reads."), pointer="/reads_as")
    for name in ("snapshots", "deltas"):
        if said[name]:
            check_schedule(Schedule(said[name], said["time_zone"]), f"/{name}")
    key = key_bytes(said["encryption_key"]) if said["encryption_key"] else None
    if key is None and said["encryption_key"]:
        raise MalformedInputError(gettext("This is no Base64 of 32 bytes."), pointer="/encryption_key")
    taken = said | {"form": ExportFormat(said["form"]), "keep_days": int(said["keep_days"]), "encryption_key": key}
    taken |= {name: said[name] or None for name in ("snapshots", "deltas")}
    before = _as_it_is(known)
    return {name: taken[name] for name in _FIELDS if said[name] != before[name]}


def _preview(known: ExportDefinition, given: Mapping[str, str], changed: Mapping[str, Any]) -> Response:
    names, before = dict(readers()), _as_it_is(known)
    rows = [
        (gettext(_TITLES[name]), _said(name, before[name], names), _said(name, given[name].strip(), names)) for name in changed
    ]
    told: dict[str, Any] = {"rows": rows, "anew": bool({"form", "encryption_key"} & set(changed)), "given": given}
    told |= {"is_paused": known.is_paused, "reader": names.get(given["reads_as"], "")}
    return page("organisation/export_preview.html", d=known, **told)


def _said(name: str, value: str, names: Mapping[str, str]) -> str:
    if name == "form":
        return called(ExportFormat(value))
    if name == "reads_as":
        return names.get(value) or gettext("a credential that has ended, or is no service account's")
    return value or gettext("none")


def _form(known: ExportDefinition, given: Mapping[str, str] | None, failed: BreakwaterError | None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, {name: name for name in _FIELDS})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    filled = _as_it_is(known) if given is None else given
    return page(
        "organisation/export_change.html",
        status,
        d=known,
        given=filled,
        readers=readers(),
        forms=pairs(offered(ExportFormat)),
        **told,
    )
