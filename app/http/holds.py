"""``/holds``: what may not be erased meanwhile. Kept by ``tests/http/test_holds.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.approval import Approval
from app.domain.permissions import Permission
from app.http.approval_payloads import ApprovalPayload, ReasonPayload
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.hold_payloads import HoldPayload, HoldsPayload, NewHoldPayload
from app.http.idempotency import use_of_key
from app.http.list_payloads import ListQuery, asked_by
from app.services.list_pages import ListPage
from app.services.retention.keep_holds import HoldRecord, NewHold, page_of_holds, place_hold, propose_lifting
from app.web.context import exchange, principal

blueprint = ApiBlueprint("holds", "Legal holds: what neither the sweep nor an erasure touches until two persons lift it.")


@blueprint.post("/holds", Permission.HOLDS_WRITE)
@blueprint.body(NewHoldPayload)
@blueprint.answers(HTTPStatus.CREATED, HoldPayload)
def place(new: NewHold) -> tuple[HoldRecord, int]:
    """Place a hold on an object's id, all of an owner's objects, or what a recall called back."""
    return HoldRecord(place_hold(exchange(), principal(), new, use_of_key())), HTTPStatus.CREATED


@blueprint.get("/holds", Permission.HOLDS_READ)
@blueprint.query(ListQuery)
@blueprint.answers(HTTPStatus.OK, HoldsPayload)
def find_all(query: dict[str, Any]) -> ListPage[HoldRecord]:
    """List all holds, those that were lifted as well."""
    return page_of_holds(exchange(), principal(), asked_by(query))


@blueprint.post("/holds/<hold_id>/lifting", Permission.HOLDS_WRITE)
@blueprint.body(ReasonPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def lift(given: dict[str, Any], hold_id: str) -> tuple[Approval, int, dict[str, str]]:
    """Propose that a hold be lifted; another operator or data-protection person approves."""
    made = propose_lifting(exchange(), principal(), hold_id, given["reason"], use_of_key())
    return made, HTTPStatus.CREATED, {"Location": f"{PREFIX}/approvals/{made.approval_id}"}
