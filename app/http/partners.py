"""``/partners``: enrolling organisations and changing their state. Kept by ``tests/http/test_partners.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.approval import Approval
from app.domain.partner import Partner
from app.domain.permissions import Permission
from app.http.approval_payloads import ApprovalPayload, ReasonPayload
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.payloads import (
    NewPartnerPayload,
    PartnerChangePayload,
    PartnerPayload,
    PartnersPayload,
    RelationsPayload,
    StatedReasonsPayload,
)
from app.services.membership import enrol_partner as service
from app.services.membership.relate_partners import Relations, relate_partner, relations_of
from app.services.membership.state_reason import reasons_about_partner
from app.web.context import exchange, principal

blueprint = ApiBlueprint("partners", "Member organisations; for the exchange's staff.")


@blueprint.get("/partners", Permission.PARTNERS_READ)
@blueprint.answers(HTTPStatus.OK, PartnersPayload)
def find_all() -> dict[str, Any]:
    """List all partners, by name."""
    return {"partners": service.list_partners(exchange(), principal())}


@blueprint.post("/partners", Permission.PARTNERS_WRITE)
@blueprint.body(NewPartnerPayload)
@blueprint.answers(HTTPStatus.CREATED, PartnerPayload)
def enrol(new: service.NewPartner) -> tuple[Partner, int, dict[str, str]]:
    """Enrol an organisation. It has no agreement yet, and so sees and submits nothing."""
    partner = service.enrol_partner(exchange(), principal(), new, use_of_key())
    return partner, HTTPStatus.CREATED, {"Location": f"{PREFIX}/partners/{partner.partner_id}"}


@blueprint.get("/partners/<partner_id>", Permission.PARTNERS_READ)
@blueprint.answers(HTTPStatus.OK, PartnerPayload)
def find_one(partner_id: str) -> Partner:
    """Give one partner."""
    return service.get_partner(exchange(), principal(), partner_id)


@blueprint.patch("/partners/<partner_id>", Permission.PARTNERS_WRITE)
@blueprint.body(PartnerChangePayload)
@blueprint.answers(HTTPStatus.OK, PartnerPayload)
def change(changes: dict[str, Any], partner_id: str) -> Partner:
    """Suspend or end a partner, effective for every request that starts after this; reactivating it takes two persons."""
    return service.change_state(exchange(), principal(), partner_id, changes["state"], changes["reason"])


@blueprint.get("/partners/<partner_id>/reasons", Permission.PARTNERS_READ)
@blueprint.answers(HTTPStatus.OK, StatedReasonsPayload)
def show_reasons(partner_id: str) -> dict[str, Any]:
    """Give why a partner, its agreement and its credentials were stopped, to the exchange's staff."""
    return {"reasons": reasons_about_partner(exchange(), principal(), partner_id)}


@blueprint.get("/partners/<partner_id>/relations", Permission.PARTNERS_READ, Permission.POLICY_READ)
@blueprint.answers(HTTPStatus.OK, RelationsPayload)
def show_relations(partner_id: str) -> Relations:
    """Give whose part and whose client a partner is, to staff and to itself."""
    return relations_of(exchange(), principal(), partner_id)


@blueprint.put("/partners/<partner_id>/relations", Permission.PARTNERS_WRITE)
@blueprint.body(RelationsPayload)
@blueprint.answers(HTTPStatus.OK, RelationsPayload)
def relate(relations: Relations, partner_id: str) -> Relations:
    """Record whose part and whose client a partner is; nothing is decided by it yet."""
    return relate_partner(exchange(), principal(), partner_id, relations)


@blueprint.post("/partners/<partner_id>/reactivation", Permission.PARTNERS_WRITE)
@blueprint.body(ReasonPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def propose_reactivation(given: dict[str, Any], partner_id: str) -> tuple[Approval, int, dict[str, str]]:
    """Propose that a suspended partner be active again; a second person approves it."""
    proposed = service.propose_reactivation(exchange(), principal(), partner_id, given["reason"], use_of_key())
    return proposed, HTTPStatus.CREATED, {"Location": f"{PREFIX}/approvals/{proposed.approval_id}"}
