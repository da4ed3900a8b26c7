"""Suspending a partner, letting it in again, and ending it: what that stops and for whom is said before it is done.

Kept by ``tests/portal/operating/test_partner_states.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, ForbiddenContentError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import PartnerState
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.operating.what_stops import what_stops
from app.portal.pages import go_to, page
from app.portal.typed import not_material
from app.portal.words import gettext
from app.services.membership.enrol_partner import change_state, get_partner, propose_reactivation
from app.services.membership.look_at_groups import list_groups
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_partner_states")
_SHOW = "operating_partner_states.show"


@blueprint.page("/exchange/partners/<partner_id>/state", Permission.PARTNERS_WRITE)
def show(partner_id: str) -> Response:
    """Show what can be done about a partner as a whole, and what each of it stops."""
    return _shown(partner_id)


@blueprint.form(
    "/exchange/partners/<partner_id>/suspension", Permission.PARTNERS_WRITE, fresh_at=_SHOW, does="Suspend this partner"
)
def suspend(partner_id: str) -> Response:
    """Suspend a partner at once, and keep why."""
    given = fields("reason")
    return _changed(partner_id, PartnerState.SUSPENDED, "reason", given)


@blueprint.form(
    "/exchange/partners/<partner_id>/end", Permission.PARTNERS_WRITE, fresh_at=_SHOW, does="End this partner for good"
)
def end(partner_id: str) -> Response:
    """End a partner for good, once its name was typed, and keep why."""
    given = fields("name", "end_reason")
    if given["name"].strip() != get_partner(exchange(), principal(), partner_id).name:
        sentence = gettext("Type the partner's name as it stands above: ending it cannot be undone.")
        return _shown(partner_id, MalformedInputError(sentence, pointer="/name"), given)
    return _changed(partner_id, PartnerState.ENDED, "end_reason", given)


@blueprint.form(
    "/exchange/partners/<partner_id>/reactivation",
    Permission.PARTNERS_WRITE,
    fresh_at=_SHOW,
    does="Propose to let this partner in again",
)
def reactivate(partner_id: str) -> Response:
    """Propose that a suspended partner be let in again."""
    given = fields("reason", ONCE_FIELD)
    try:
        approval = propose_reactivation(exchange(), principal(), partner_id, given["reason"], use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _shown(partner_id, exc, given)
    return go_to("operating_approvals.one", approval_id=approval.approval_id)


def _changed(partner_id: str, state: PartnerState, field: str, given: dict[str, str]) -> Response:
    """Change a partner's state; ``field`` holds why."""
    try:
        change_state(exchange(), principal(), partner_id, state, given[field])
    except (ConflictError, ForbiddenContentError, MalformedInputError) as exc:
        exc.pointer = exc.pointer and f"/{field}"
        return _shown(partner_id, exc, given | {field: not_material(given[field], exc)})
    return go_to("operating_partners.one", partner_id=partner_id)


def _shown(partner_id: str, failed: BreakwaterError | None = None, given: dict[str, str] | None = None) -> Response:
    partner = get_partner(exchange(), principal(), partner_id)
    groups = [
        one.group.title for one in list_groups(exchange(), principal()) if partner_id in {m.partner_id for m in one.members or ()}
    ]
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {"counts": what_stops(partner_id), "groups": groups, "faults": faults, "fault": dict(faults)}
    known |= {"given": {"name": "", "reason": "", "end_reason": ""} | (given or {})}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return page("operating/partner_state.html", status, partner=partner, **known)
