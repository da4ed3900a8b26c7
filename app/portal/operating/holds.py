"""Legal holds: what neither the sweep nor an erasure touches; placed by one person, lifted by two.

Kept by ``tests/portal/operating/test_holds.py``.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.approvals import names
from app.portal.operating.plain_text import checked_id
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import go_to, page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.services.retention.keep_holds import (
    MOST_COUNTED,
    NewHold,
    count_held,
    list_holds,
    page_of_holds,
    place_hold,
    propose_lifting,
)
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_holds")
_STIX_ID = re.compile("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REFERENCE = re.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_NEW = ("stix_id", "owner_id", "recall_id", "reference")


@blueprint.page("/exchange/holds", Permission.HOLDS_READ, query=[NEXT])
def show() -> Response:
    """Show all holds, and to whoever may the form by which one is placed."""
    return _shown()


@blueprint.form(
    "/exchange/holds",
    Permission.HOLDS_WRITE,
    fresh_at="operating_holds.show",
    does="Place a hold, so that something is not erased",
)
def place() -> Response:
    """Place a hold."""
    given = fields(*_NEW, ONCE_FIELD)
    try:
        place_hold(exchange(), principal(), _new(given), use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _shown(given, exc)
    return go_to("operating_holds.show")


@blueprint.form(
    "/exchange/holds/<hold_id>/lifting", Permission.HOLDS_WRITE, fresh_at="operating_holds.lifting", does="Lift a hold"
)
def lift(hold_id: str) -> Response:
    """Propose that a hold be lifted."""
    given = fields("reason", ONCE_FIELD)
    try:
        made = propose_lifting(exchange(), principal(), hold_id, given["reason"], use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _lifting(hold_id, exc, given["reason"])
    return go_to("operating_approvals.one", approval_id=made.approval_id)


@blueprint.page("/exchange/holds/<hold_id>/lifting", Permission.HOLDS_WRITE, fresh=True)
def lifting(hold_id: str) -> Response:
    """Show what lifting a hold does."""
    return _lifting(hold_id)


def _new(given: dict[str, str]) -> NewHold:
    stix_id, reference = given["stix_id"].strip(), given["reference"].strip()
    if stix_id and not _STIX_ID.fullmatch(stix_id):
        raise MalformedInputError("This is no STIX id.", pointer="/stix_id")
    if not _REFERENCE.fullmatch(reference):
        raise MalformedInputError("A reference is a word of letters, digits and . _ / -", pointer="/reference")
    owner, recall = checked_id(given["owner_id"], "owner_id"), checked_id(given["recall_id"], "recall_id")
    return NewHold(reference, stix_id or None, owner, recall)


def _shown(given: dict[str, str] | None = None, failed: BreakwaterError | None = None) -> Response:
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {"given": given or dict.fromkeys(_NEW, ""), "faults": faults, "fault": dict(faults), "names": names()}
    found = page_of_holds(exchange(), principal(), asked_by_address())
    known |= {"found": found.rows, "passage": passage_of(found, endpoint="operating_holds.show")}
    return page("operating/holds.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)


def _lifting(hold_id: str, failed: BreakwaterError | None = None, reason: str = "") -> Response:
    record = next((one for one in list_holds(exchange(), principal()) if one.hold.hold_id == hold_id), None)
    if record is None:
        raise NotFoundError
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {
        "record": record,
        "reason": reason,
        "held": count_held(exchange(), principal(), record.hold),
        "names": names(),
    }
    known |= {"most": MOST_COUNTED, "faults": faults, "fault": dict(faults)}
    return page("operating/hold_lifting.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)
