"""What two persons must agree to: what waits, one proposal with exactly what it does, and deciding it.

The digest that is shown is the digest that is approved; who proposed something never approves it. Kept by
``tests/portal/operating/test_approvals.py``.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.domain.errors import BreakwaterError, ConflictError, ForbiddenError, MalformedInputError
from app.domain.legal_hold import LegalHold
from app.domain.permissions import Permission
from app.policy.approvals import is_proposer, why_not_decide
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.proposals_in_words import tell
from app.portal.operating.room import StaffBlueprint, faults_of, may
from app.portal.operating.subject_requests import concerned
from app.portal.pages import go_to, page
from app.services.approval.decide import Decision, reject
from app.services.approval.look_up import ApprovalQuery, SeenApproval, get_approval, list_approvals
from app.services.carry_out import approve
from app.services.explaining.compare import Comparison, compare_proposed
from app.services.membership.enrol_partner import list_partners
from app.services.membership.keep_persons import list_persons
from app.services.retention.keep_holds import list_holds
from app.services.subjects.show_request import get_request
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_approvals")
_AT_ONCE = 50
_ONE = "operating_approvals.one"


@blueprint.page("/exchange/approvals", Permission.APPROVALS_READ, query=["state", "next"])
def show() -> Response:
    """Show what waits for a decision, or the history."""
    state = request.args.get("state", "")
    known = ApprovalState(state) if state in set(ApprovalState) else None if state == "all" else ApprovalState.PROPOSED
    found = list_approvals(exchange(), principal(), ApprovalQuery(known, request.args.get("next"), _AT_ONCE))
    known_names = names()
    told = [(one, tell(one.approval, known_names)) for one in found.approvals]
    return page("operating/approvals.html", told=told, found=found, state=state or ApprovalState.PROPOSED, may_decide=_may_decide)


@blueprint.page("/exchange/approvals/<approval_id>", Permission.APPROVALS_READ)
def one(approval_id: str) -> Response:
    """Show one proposal: what it does, for whom, and who may decide."""
    return _shown(approval_id)


@blueprint.form(
    "/exchange/approvals/<approval_id>/approval",
    Permission.APPROVALS_DECIDE,
    fresh_at=_ONE,
    does="Approve what another person proposed",
    anew=True,
)
def agree(approval_id: str) -> Response:
    """Approve exactly what was shown, which is done at once."""
    given = fields("digest", "reason", ONCE_FIELD)
    decision = Decision(approval_id, given["reason"], given["digest"])
    try:
        approve(exchange(), principal(), decision, use_of_form())
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _shown(approval_id, exc, given["reason"])
    return go_to(_ONE, approval_id=approval_id)


@blueprint.form(
    "/exchange/approvals/<approval_id>/rejection",
    Permission.APPROVALS_DECIDE,
    fresh_at=_ONE,
    does="Reject what another person proposed",
)
def refuse(approval_id: str) -> Response:
    """Reject a proposal, or take one's own back."""
    given = fields("digest", "reason", ONCE_FIELD)  # the digest stands in the same form, and says nothing here
    try:
        reject(exchange(), principal(), Decision(approval_id, given["reason"]), use_of_form())
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _shown(approval_id, exc, given["reason"])
    return go_to(_ONE, approval_id=approval_id)


def names() -> dict[str, str]:
    """Give the names of all partners, by their ids."""
    return {one.partner_id: one.name for one in list_partners(exchange(), principal())}


def _may_decide(approval: Approval) -> bool:
    return why_not_decide(principal(), approval) is None


def people() -> dict[str, str | None]:
    """Give the names of the exchange's own people, by their ids, to whoever may read them."""
    found = list_persons(exchange(), principal()) if may(Permission.PERSONS_READ) else []
    return {one.person.person_id: one.name for one in found}


def _sight(seen: SeenApproval) -> Comparison | None:
    """Give what a partner would see more or less by a version that waits, to whoever makes agreements."""
    waits = seen.state is ApprovalState.PROPOSED and seen.approval.kind is ApprovalKind.AGREEMENT_VERSION
    if not waits or not may(Permission.AGREEMENTS_WRITE):
        return None
    return compare_proposed(exchange(), principal(), json.loads(seen.approval.document))


def _held(approval: Approval) -> LegalHold | None:
    """Give the hold that would be lifted, to whoever sees holds."""
    if approval.kind is not ApprovalKind.HOLD_LIFTING or not may(Permission.HOLDS_READ):
        return None
    return next((one.hold for one in list_holds(exchange(), principal()) if one.hold.hold_id == approval.subject), None)


def _person_request(approval: Approval) -> dict[str, Any]:
    """Give the request of a person that a proposal is about, and in numbers what of it, as whoever looks may see it."""
    if not approval.kind.value.startswith("subject-") or not may(Permission.SUBJECTS_READ):
        return {"person_request": None, "about": None}
    seen, numbers = get_request(exchange(), principal(), approval.subject), json.loads(approval.document).get("findings")
    return {"person_request": seen, "about": concerned(seen, numbers) if numbers and seen.findings is not None else None}


def _shown(approval_id: str, failed: BreakwaterError | None = None, reason: str = "") -> Response:
    seen = get_approval(exchange(), principal(), approval_id)
    approval, known_names = seen.approval, names()
    known: dict[str, Any] = {
        "seen": seen,
        "told": tell(approval, known_names),
        "names": known_names,
        "held": _held(approval),
        **_person_request(approval),
        "is_decider": approval.decided_by is not None and approval.decided_by == principal().credential.person_id,
        "why_not": why_not_decide(principal(), approval),
        "is_own": is_proposer(principal(), approval),
        "faults": faults_of(failed) if failed else [],
        "reason": reason,
        "people": people(),
        "sight": _sight(seen),
        "is_fresh": signed_in().session.is_fresh(exchange().clock()),
    }
    return page("operating/approval.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)
