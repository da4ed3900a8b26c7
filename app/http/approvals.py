"""``/approvals``: what two persons must agree to, and deciding it. Kept by ``tests/http/test_approvals.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.approval import Approval
from app.domain.permissions import Permission
from app.http.approval_payloads import (
    ApprovalPagePayload,
    ApprovalPayload,
    ApprovalQueryPayload,
    ApprovingPayload,
    ReasonPayload,
)
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.services.approval import look_up
from app.services.approval.decide import Decision, reject
from app.services.carry_out import approve
from app.web.context import exchange, principal

blueprint = ApiBlueprint("approvals", "What two persons must agree to: one proposes it, another approves exactly that.")


@blueprint.get("/approvals", Permission.APPROVALS_READ)
@blueprint.query(ApprovalQueryPayload)
@blueprint.answers(HTTPStatus.OK, ApprovalPagePayload)
def find_page(query: look_up.ApprovalQuery) -> look_up.ApprovalPage:
    """List proposals, oldest first: staff all, a partner's persons those that are their partner's affair."""
    return look_up.list_approvals(exchange(), principal(), query)


@blueprint.get("/approvals/<approval_id>", Permission.APPROVALS_READ)
@blueprint.answers(HTTPStatus.OK, ApprovalPayload)
def find_one(approval_id: str) -> look_up.SeenApproval:
    """Give one proposal, with exactly what will be done."""
    return look_up.get_approval(exchange(), principal(), approval_id)


@blueprint.post("/approvals/<approval_id>/approval", Permission.APPROVALS_DECIDE)
@blueprint.body(ApprovingPayload)
@blueprint.answers(HTTPStatus.OK, ApprovalPayload)
def agree(given: dict[str, Any], approval_id: str) -> Approval:
    """Approve a proposal as the second person: what it says is done at once, or the answer is a conflict and nothing is."""
    decision = Decision(approval_id, given["reason"], given["digest"])
    return approve(exchange(), principal(), decision, use_of_key())


@blueprint.post("/approvals/<approval_id>/rejection", Permission.APPROVALS_DECIDE)
@blueprint.body(ReasonPayload)
@blueprint.answers(HTTPStatus.OK, ApprovalPayload)
def refuse(given: dict[str, Any], approval_id: str) -> Approval:
    """Reject a proposal; whoever made it takes it back by this."""
    return reject(exchange(), principal(), Decision(approval_id, given["reason"]), use_of_key())
