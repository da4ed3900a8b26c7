"""``/agreements`` and ``/policy/mine``: terms, versioned. Kept by ``tests/http/test_agreements.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.agreement import Agreement
from app.domain.permissions import Permission
from app.http.agreement_payloads import (
    AgreementPayload,
    AgreementQuery,
    AgreementsPayload,
    NewAgreementPayload,
    OwnTermsPayload,
)
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.services.membership import change_policy as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint("agreements", "What partners may read and submit, in versions; and one's own terms.")


@blueprint.post("/agreements", Permission.AGREEMENTS_WRITE, also=(404,))
@blueprint.body(NewAgreementPayload)
@blueprint.answers(HTTPStatus.CREATED, AgreementPayload)
def make(new: service.NewAgreement) -> Agreement:
    """Make the next version of a partner's agreement."""
    return service.make_agreement(exchange(), principal(), new, use_of_key())


@blueprint.get("/agreements", Permission.AGREEMENTS_READ, also=(404,))
@blueprint.query(AgreementQuery)
@blueprint.answers(HTTPStatus.OK, AgreementsPayload)
def find_all(query: dict[str, Any]) -> dict[str, Any]:
    """List agreement versions: a partner its own, staff those of one partner or of all."""
    return {"agreements": service.list_agreements(exchange(), principal(), query.get("partner_id"))}


@blueprint.get("/policy/mine", Permission.POLICY_READ, also=(404,))
@blueprint.answers(HTTPStatus.OK, OwnTermsPayload)
def own_terms() -> service.OwnTerms:
    """Give the caller's own terms in force now."""
    return service.own_terms(exchange(), principal())
