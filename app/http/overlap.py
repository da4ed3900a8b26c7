"""``/overlap/…``: who else holds the same, before anything is disclosed. Kept by ``tests/http/test_overlap.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.overlap_payloads import (
    ElementsPayload,
    EvaluatedPayload,
    EvaluationTermsPayload,
    HoldingCountsPayload,
    NewHoldingsPayload,
    OverlapsPayload,
    RemovedHoldingsPayload,
    WhoElsePayload,
)
from app.http.purpose import PURPOSE
from app.services.overlapping import evaluate as evaluating
from app.services.overlapping import hold as holding
from app.web.context import exchange, principal
from app.web.purpose import stated_purpose

blueprint = ApiBlueprint("overlap", "Whether another member of a sharing group holds the same, by tokens.")


@blueprint.get("/overlap/key", Permission.OVERLAP_ASK)
@blueprint.answers(HTTPStatus.OK, EvaluationTermsPayload)
def find_key() -> evaluating.EvaluationTerms:
    """Give the public half of the key that is in force, and how many elements more are evaluated today."""
    return evaluating.evaluation_terms(exchange(), principal())


@blueprint.post("/overlap/evaluations", Permission.OVERLAP_ASK, also=(429,))
@blueprint.described(parameters=[PURPOSE])
@blueprint.body(ElementsPayload)
@blueprint.answers(HTTPStatus.OK, EvaluatedPayload)
def evaluate(given: dict[str, Any]) -> evaluating.Evaluated:
    """Evaluate blinded identifiers, without learning them; each counts against the day's budget."""
    return evaluating.evaluate(exchange(), principal(), given["epoch"], given["elements"], stated_purpose())


@blueprint.get("/overlap/tokens", Permission.OVERLAP_ASK)
@blueprint.answers(HTTPStatus.OK, HoldingCountsPayload)
def find_registered() -> dict[str, Any]:
    """Say how many tokens one has registered in which group."""
    return {"registered": holding.list_registered(exchange(), principal())}


@blueprint.post("/overlap/tokens", Permission.OVERLAP_ASK, also=(404,))
@blueprint.described(parameters=[PURPOSE])
@blueprint.body(NewHoldingsPayload)
@blueprint.answers(HTTPStatus.CREATED, HoldingCountsPayload)
def register(new: holding.NewHoldings) -> dict[str, Any]:
    """Register tokens of what one holds, so that other members of the group who ask with the same are told that it is held."""
    return {"registered": holding.register(exchange(), principal(), new, stated_purpose(), use_of_key())}


@blueprint.post("/overlap/tokens/removal", Permission.OVERLAP_ASK)
@blueprint.body(RemovedHoldingsPayload)
@blueprint.answers(HTTPStatus.OK, HoldingCountsPayload)
def remove(given: dict[str, Any]) -> dict[str, Any]:
    """Erase tokens that one registered in a group, or all of them."""
    return {"registered": holding.remove(exchange(), principal(), given["group_id"], given["tokens"], use_of_key())}


@blueprint.post("/overlap/matches", Permission.OVERLAP_ASK, also=(404, 429))
@blueprint.described(parameters=[PURPOSE])
@blueprint.body(WhoElsePayload)
@blueprint.answers(HTTPStatus.OK, OverlapsPayload)
def who_else(asked: holding.Asked) -> dict[str, Any]:
    """Say of each token whether another member of the group holds the same; never who, nor how many."""
    return {"matches": holding.who_else(exchange(), principal(), asked, stated_purpose())}
