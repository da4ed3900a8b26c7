"""Agreements: whose, which versions, one in plain words, what changes between two, and stopping one.

Kept by ``tests/portal/operating/test_agreements.py``.
"""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.agreement import Agreement
from app.domain.errors import BreakwaterError, ConflictError, ForbiddenContentError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.stated_reason import Stop
from app.policy.agreements import agreement_in_force
from app.portal.agreement_words import changes_in_words, in_words
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.approvals import names, people
from app.portal.operating.plain_text import checked_number
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.operating.what_stops import what_stops
from app.portal.pages import go_to, page
from app.portal.typed import not_material
from app.services.explaining.compare import Outcome, compare
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.change_policy import list_agreements
from app.services.membership.enrol_partner import get_partner, list_partners
from app.services.membership.look_up_agreements import diff_versions, get_agreement
from app.services.membership.state_reason import reasons_about_partner
from app.services.membership.suspend_agreement import end_agreement, propose_resumption, suspend_agreement
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_agreements")
_STOP = "operating_agreements.stopping"


@blueprint.page("/exchange/agreements", Permission.PARTNERS_READ)
def show() -> Response:
    """Show the agreement of every partner: which version is in force."""
    now, versions = exchange().clock(), list_agreements(exchange(), principal(), None)
    rows = [(one, _of(versions, one.partner_id)) for one in list_partners(exchange(), principal())]
    told = [(partner, agreement_in_force(own, now), own[-1] if own else None) for partner, own in rows]
    return page("operating/agreements.html", told=told)


@blueprint.page("/exchange/partners/<partner_id>/agreement", Permission.AGREEMENTS_READ, query=["version"])
def one(partner_id: str) -> Response:
    """Show one version in plain words, the one in force if none is named, and all versions."""
    asked = checked_number(request.args.get("version", ""), "version")
    return _shown(partner_id, asked)


@blueprint.page("/exchange/partners/<partner_id>/agreement/changes", Permission.AGREEMENTS_READ, query=["before", "after"])
def changes(partner_id: str) -> Response:
    """Show what changes from one kept version to another; the newest two, if none are named."""
    partner = get_partner(exchange(), principal(), partner_id)
    versions = list_agreements(exchange(), principal(), partner_id)
    before, after = (checked_number(request.args.get(name, ""), name) for name in ("before", "after"))
    after = after or len(versions)
    before = before or max(after - 1, 1)
    found = diff_versions(exchange(), principal(), partner_id, (before, after))
    told = changes_in_words(found["compared_with"][0]["changes"], names())
    known: dict[str, Any] = {"before": before, "after": after, "told": told, "widens": found["widens"], "versions": versions}
    return page("operating/agreement_changes.html", partner=partner, **known)


@blueprint.page("/exchange/partners/<partner_id>/agreement/stopping", Permission.AGREEMENTS_WRITE)
def stopping(partner_id: str) -> Response:
    """Show what suspending, resuming and ending the agreement do, and for whom."""
    return _stopping(partner_id)


@blueprint.form(
    "/exchange/partners/<partner_id>/agreement/suspension",
    Permission.AGREEMENTS_WRITE,
    fresh_at=_STOP,
    does="Suspend this partner's agreement",
)
def suspend(partner_id: str) -> Response:
    """Suspend the agreement at once, and keep why."""
    given = fields("reason", ONCE_FIELD)
    try:
        suspend_agreement(exchange(), principal(), partner_id, use_of_form(), reason=given["reason"])
    except (ConflictError, ForbiddenContentError, MalformedInputError) as exc:
        exc.pointer = exc.pointer and "/reason"
        return _stopping(partner_id, exc, given | {"reason": not_material(given["reason"], exc)})
    return go_to("operating_agreements.one", partner_id=partner_id)


@blueprint.form(
    "/exchange/partners/<partner_id>/agreement/end",
    Permission.AGREEMENTS_WRITE,
    fresh_at=_STOP,
    does="End this partner's agreement",
)
def end(partner_id: str) -> Response:
    """End the agreement at once, and keep why."""
    given = fields("end_reason", ONCE_FIELD)
    try:
        end_agreement(exchange(), principal(), partner_id, use_of_form(), reason=given["end_reason"])
    except (ConflictError, ForbiddenContentError, MalformedInputError) as exc:
        exc.pointer = exc.pointer and "/end_reason"
        return _stopping(partner_id, exc, given | {"end_reason": not_material(given["end_reason"], exc)})
    return go_to("operating_agreements.one", partner_id=partner_id)


@blueprint.form(
    "/exchange/partners/<partner_id>/agreement/resumption",
    Permission.AGREEMENTS_WRITE,
    fresh_at=_STOP,
    does="Propose that this partner's agreement is in force again",
)
def resume(partner_id: str) -> Response:
    """Propose that a suspended agreement be in force again."""
    given = fields("reason", ONCE_FIELD)
    try:
        approval = propose_resumption(exchange(), principal(), partner_id, given["reason"], use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _stopping(partner_id, exc, given)
    return go_to("operating_approvals.one", approval_id=approval.approval_id)


def _of(versions: list[Agreement], partner_id: str) -> list[Agreement]:
    return [one for one in versions if one.partner_id == partner_id]


def _shown(partner_id: str, asked: int | None) -> Response:
    partner, now = get_partner(exchange(), principal(), partner_id), exchange().clock()
    versions = list_agreements(exchange(), principal(), partner_id)
    in_force = agreement_in_force(versions, now)
    newest = versions[-1].version if versions else None
    number = asked or (in_force.version if in_force else newest)
    if number is None:
        return page("operating/agreement_none.html", partner=partner)
    shown = get_agreement(exchange(), principal(), partner_id, number)
    stops = {Stop.AGREEMENT_END, Stop.AGREEMENT_SUSPENSION}
    reasons = [one for one in reasons_about_partner(exchange(), principal(), partner_id) if one.stop in stops]
    known: dict[str, Any] = {
        "reasons": reasons,
        "people": people(),
        "shown": shown,
        "said": in_words(shown.kept.document, names()),
        "versions": versions[::-1],
    }
    return page("operating/agreement.html", partner=partner, in_force=in_force, now=now, **known)


def _stopping(partner_id: str, failed: BreakwaterError | None = None, given: dict[str, str] | None = None) -> Response:
    partner = get_partner(exchange(), principal(), partner_id)
    versions = list_agreements(exchange(), principal(), partner_id)
    if not versions:
        raise NotFoundError
    in_force = agreement_in_force(versions, exchange().clock())
    known: dict[str, Any] = {"in_force": in_force, "newest": versions[-1], "counts": what_stops(partner_id)}
    known |= {"lost": _lost(in_force) if in_force else 0, "given": {"reason": "", "end_reason": ""} | (given or {})}
    faults = faults_of(failed) if failed else []
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return page("operating/agreement_stopping.html", status, partner=partner, faults=faults, fault=dict(faults), **known)


def _lost(in_force: Agreement) -> int:
    """Give how many versions of others' objects a partner sees by its agreement now: without it there is no purpose to read."""
    terms = {field.name: getattr(in_force, field.name) for field in dataclass_fields(NewAgreement)}
    nothing = NewAgreement(**terms | {"starts_at": None, "read": replace(in_force.read, purposes=frozenset())})
    seen = compare(exchange(), principal(), nothing).seen
    return sum(counted.versions for kind, counted in seen.items() if kind.outcome is Outcome.LOST)
