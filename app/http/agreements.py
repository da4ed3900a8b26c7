"""``/agreements`` and ``/policy/mine``: terms, versioned. Kept by ``tests/http/test_agreements.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.agreement import Agreement
from app.domain.approval import Approval
from app.domain.permissions import Permission
from app.http.agreement_payloads import (
    AgreementDiffPayload,
    AgreementDiffQuery,
    AgreementPayload,
    AgreementQuery,
    AgreementsPayload,
    NewAgreementPayload,
    OwnTermsPayload,
    ProposedAgreementPayload,
    SignedAgreementPayload,
)
from app.http.approval_payloads import ApprovalPayload, ReasonPayload
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.payloads import StopPayload
from app.services.membership import change_policy as service
from app.services.membership import look_up_agreements as look_up
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.propose_agreement import propose_agreement
from app.services.membership.suspend_agreement import end_agreement, propose_resumption, suspend_agreement
from app.services.proving.serve_log import number
from app.web.context import exchange, principal

blueprint = ApiBlueprint("agreements", "What partners may read and submit, in versions; and one's own terms.")
Proposed = tuple[Approval, int, dict[str, str]]


@blueprint.post("/agreements", Permission.AGREEMENTS_WRITE, also=(404,))
@blueprint.body(NewAgreementPayload)
@blueprint.answers(HTTPStatus.CREATED, AgreementPayload)
def make(new: NewAgreement) -> Agreement:
    """Make the next version of a partner's agreement at once, if it widens nothing; else it is proposed."""
    return service.make_agreement(exchange(), principal(), new, use_of_key())


@blueprint.post("/agreements/proposals", Permission.AGREEMENTS_WRITE, also=(404,))
@blueprint.body(ProposedAgreementPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def propose(given: tuple[NewAgreement, str]) -> Proposed:
    """Propose the next version of a partner's agreement; a second operator approves exactly that, with what it changes."""
    new, reason = given
    return _proposed(propose_agreement(exchange(), principal(), new, reason, use_of_key()))


@blueprint.post("/agreements/comparison", Permission.AGREEMENTS_WRITE, also=(404,))
@blueprint.body(NewAgreementPayload)
@blueprint.answers(HTTPStatus.OK, AgreementDiffPayload)
def compare(new: NewAgreement) -> dict[str, Any]:
    """Say what a version would change, term by term, and whether it widens anything; nothing is kept of it."""
    return look_up.compare_agreement(exchange(), principal(), new)


@blueprint.get("/agreements", Permission.AGREEMENTS_READ, also=(404,))
@blueprint.query(AgreementQuery)
@blueprint.answers(HTTPStatus.OK, AgreementsPayload)
def find_all(query: dict[str, Any]) -> dict[str, Any]:
    """List agreement versions: a partner its own, staff those of one partner or of all."""
    return {"agreements": service.list_agreements(exchange(), principal(), query.get("partner_id"))}


@blueprint.get("/agreements/<partner_id>/diff", Permission.AGREEMENTS_READ)
@blueprint.query(AgreementDiffQuery)
@blueprint.answers(HTTPStatus.OK, AgreementDiffPayload)
def diff(query: dict[str, int], partner_id: str) -> dict[str, Any]:
    """Say what changes from one kept version to another, term by term; a partner asks about its own."""
    return look_up.diff_versions(exchange(), principal(), partner_id, (query["before"], query["after"]))


@blueprint.get("/agreements/<partner_id>/<agreement>", Permission.AGREEMENTS_READ)
@blueprint.answers(HTTPStatus.OK, SignedAgreementPayload)
def find_one(partner_id: str, agreement: str) -> look_up.ShownAgreement:
    """Give one version (by its number) as the exchange signed it; a partner gets its own."""
    return look_up.get_agreement(exchange(), principal(), partner_id, number(agreement))


@blueprint.post("/agreements/<partner_id>/suspension", Permission.AGREEMENTS_WRITE)
@blueprint.body(StopPayload)
@blueprint.answers(HTTPStatus.CREATED, AgreementPayload)
def suspend(given: dict[str, Any], partner_id: str) -> Agreement:
    """Suspend a partner's agreement at once: it allows nothing until two persons let it live again."""
    return suspend_agreement(exchange(), principal(), partner_id, use_of_key(), reason=given.get("reason"))


@blueprint.post("/agreements/<partner_id>/resumption", Permission.AGREEMENTS_WRITE)
@blueprint.body(ReasonPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def resume(given: dict[str, Any], partner_id: str) -> Proposed:
    """Propose that a suspended agreement be in force again on the same terms; a second operator approves it."""
    return _proposed(propose_resumption(exchange(), principal(), partner_id, given["reason"], use_of_key()))


@blueprint.post("/agreements/<partner_id>/end", Permission.AGREEMENTS_WRITE)
@blueprint.body(StopPayload)
@blueprint.answers(HTTPStatus.CREATED, AgreementPayload)
def end(given: dict[str, Any], partner_id: str) -> Agreement:
    """End a partner's agreement at once; what comes after it is a new one, which takes two persons."""
    return end_agreement(exchange(), principal(), partner_id, use_of_key(), reason=given.get("reason"))


@blueprint.get("/policy/mine", Permission.POLICY_READ, also=(404,))
@blueprint.answers(HTTPStatus.OK, OwnTermsPayload)
def own_terms() -> service.OwnTerms:
    """Give the caller's own terms in force now."""
    return service.own_terms(exchange(), principal())


def _proposed(approval: Approval) -> Proposed:
    return approval, HTTPStatus.CREATED, {"Location": f"{PREFIX}/approvals/{approval.approval_id}"}
