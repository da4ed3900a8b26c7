"""``/policy/…``: who sees what and why. Kept by ``tests/http/test_policy.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.agreement_payloads import NewAgreementPayload
from app.http.blueprint import ApiBlueprint
from app.http.comparison_payloads import ComparisonPayload
from app.http.policy_payloads import AllWhoSeePayload, ExplanationQuery, ExplanationsPayload, MembersPayload, WhoSeesQuery
from app.http.simulation_payloads import SimulationAnswerPayload, SimulationPayload
from app.services.explaining import compare as comparing
from app.services.explaining import explain as explaining
from app.services.explaining import simulate as simulating
from app.services.explaining import who_sees as readers
from app.services.explaining.members_told import members_told
from app.services.membership.change_policy import NewAgreement
from app.web.context import exchange, principal

blueprint = ApiBlueprint("policy", "Who sees what and why: explained, and told before it is sent.")


@blueprint.get("/policy/explanation", Permission.POLICY_READ, also=(404, 429))
@blueprint.query(ExplanationQuery)
@blueprint.answers(HTTPStatus.OK, ExplanationsPayload)
def explain(question: explaining.PolicyQuestion) -> dict[str, Any]:
    """Say why a partner sees an object, or saw it at an instant: staff about all, an owner about its own and listed members."""
    return {"statements": explaining.explain(exchange(), principal(), question)}


@blueprint.get("/policy/who-sees", Permission.POLICY_READ, also=(404, 429))
@blueprint.query(WhoSeesQuery)
@blueprint.answers(HTTPStatus.OK, AllWhoSeePayload)
def who_sees(query: dict[str, Any]) -> list[readers.WhoSees]:
    """Say who sees an object, why and since when: staff of all partners, an owner of listed members and the number of others."""
    return readers.who_sees(exchange(), principal(), query["object"], query["channel"])


@blueprint.get("/policy/members", Permission.POLICY_READ)
@blueprint.answers(HTTPStatus.OK, MembersPayload)
def members() -> dict[str, Any]:
    """List whom you may be told of by name: your own organisation and listed members; staff everybody."""
    return {"members": members_told(exchange(), principal())}


@blueprint.post("/policy/simulation", Permission.POLICY_READ, also=(404, 429))
@blueprint.body(SimulationPayload)
@blueprint.answers(HTTPStatus.OK, SimulationAnswerPayload)
def simulate(request: simulating.SimulationRequest) -> dict[str, Any]:
    """Say whom a handling, or objects, would reach if they were submitted now. Nothing is stored but that it was asked."""
    return {"simulated": simulating.simulate(exchange(), principal(), request)}


@blueprint.post("/policy/diff", Permission.AGREEMENTS_WRITE, also=(404,))
@blueprint.body(NewAgreementPayload)
@blueprint.answers(HTTPStatus.OK, ComparisonPayload)
def diff(new: NewAgreement) -> comparing.Comparison:
    """Say what would change for a partner, with what is stored now, if these were its next terms. Nothing is made."""
    return comparing.compare(exchange(), principal(), new)
