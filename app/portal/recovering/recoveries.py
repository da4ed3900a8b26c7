"""Recoveries: what waits for a second person, proposing one, agreeing to one, refusing one.

The link that whoever agrees hands over is shown on the answer to their form and nowhere else. Kept by
``tests/portal/recovering/test_recoveries.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.services.membership.enrol_partner import list_partners
from app.services.signing_in.look_up_recoveries import get_recovery, list_recoveries, recoverable
from app.services.signing_in.recover import NewRecovery, agree_to_recovery, propose_recovery, refuse_recovery
from app.web.context import exchange

blueprint = PortalBlueprint("recovering", section="account.show")


@blueprint.page("/recoveries", Permission.PERSONS_READ)
def show() -> Response:
    """Show what waits, and what became of the others."""
    found = list_recoveries(exchange(), signed_in().principal)
    waiting = [one for one in found if one.can_agree or one.can_refuse]
    settled = [one for one in found if one not in waiting]
    may_propose = why_forbidden(signed_in().principal, Permission.PERSONS_WRITE) is None
    return page("recovering/recoveries.html", may_propose=may_propose, waiting=waiting, settled=settled)


@blueprint.page("/recoveries/new", Permission.PERSONS_WRITE, query=["partner_id"], fresh=True)
def new() -> Response:
    """Show the form by which one proposes."""
    return _form({"person_id": "", "reason": "", "recognised": "", "partner_id": request.args.get("partner_id", "")})


@blueprint.form(
    "/recoveries",
    Permission.PERSONS_WRITE,
    fresh_at="recovering.new",
    does="Propose that somebody sets up anew how they sign in",
    anew=True,
)
def propose() -> Response:
    """Propose."""
    given = fields("person_id", "reason", "recognised", "partner_id")
    wanted = NewRecovery(given["person_id"], given["reason"], given["recognised"])
    try:
        made = propose_recovery(exchange(), signed_in().principal, wanted)
    except (ConflictError, MalformedInputError) as exc:
        return _form(given, exc)
    return go_to("recovering.one", recovery_id=made.recovery_id)


@blueprint.page("/recoveries/<recovery_id>", Permission.PERSONS_READ)
def one(recovery_id: str) -> Response:
    """Show one recovery, and what whoever agrees to it brings about."""
    found = get_recovery(exchange(), signed_in().principal, recovery_id)
    return page("recovering/recovery.html", one=found)


@blueprint.form(
    "/recoveries/<recovery_id>/agreement",
    Permission.PERSONS_WRITE,
    fresh_at="recovering.one",
    does="Agree that somebody sets up anew how they sign in",
    anew=True,
)
def agree(recovery_id: str) -> Response:
    """Agree, and show the link, this once."""
    fields()
    made = agree_to_recovery(exchange(), signed_in().principal, recovery_id)
    return page("recovering/link.html", made=made, one=get_recovery(exchange(), signed_in().principal, recovery_id))


@blueprint.form(
    "/recoveries/<recovery_id>/refusal", Permission.PERSONS_WRITE, fresh_at="recovering.one", does="Refuse a recovery", anew=True
)
def refuse(recovery_id: str) -> Response:
    """Refuse, or take back."""
    fields()
    refuse_recovery(exchange(), signed_in().principal, recovery_id)
    return go_to("recovering.one", recovery_id=recovery_id)


@blueprint.form(
    "/account/recoveries/<recovery_id>/refusal",
    for_everybody=True,
    fresh_at="account.show",
    does="Stop a recovery of your own sign-in",
    anew=True,
)
def stop(recovery_id: str) -> Response:
    """Stop what others began in one's own name."""
    fields()
    refuse_recovery(exchange(), signed_in().principal, recovery_id)
    return go_to("account.show")


def _form(given: dict[str, str], failed: BreakwaterError | None = None) -> Response:
    principal = signed_in().principal
    people = [(one.person_id, one.name) for one in recoverable(exchange(), principal, given["partner_id"] or None)]
    known = list_partners(exchange(), principal) if principal.partner is None else []
    partners = [(one.partner_id, one.name) for one in known]
    at = (failed.pointer or "").removeprefix("/") if failed else ""
    faults = [(at if at in given else "", failed.sentence)] if failed else []
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("recovering/new.html", status, people=people, partners=partners, given=given, faults=faults)
