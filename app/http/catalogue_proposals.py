"""``/catalogue/proposals``: changing the catalogue. Kept by ``tests/http/test_catalogue_proposals.py``.

One organisation proposes, two others review, and an operator releases what was accepted (``/catalogue/release``).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.catalogue_payloads import ReleasePayload
from app.http.catalogue_proposal_payloads import (
    NewProposalPayload,
    NewReviewPayload,
    ProposalPagePayload,
    ProposalPayload,
    ProposalQueryPayload,
)
from app.http.idempotency import use_of_key
from app.http.payloads import NothingPayload
from app.services.cataloguing import proposals, propose, review
from app.services.cataloguing.look_up import KeptRelease
from app.services.cataloguing.proposals import ProposalPage, ProposalQuery, SeenProposal
from app.web.context import exchange, principal

blueprint = ApiBlueprint("catalogue-proposals", "Changing the catalogue: one proposes, two other organisations review.")


@blueprint.get("/catalogue/proposals", Permission.CATALOGUE_PROPOSE, Permission.CATALOGUE_REVIEW)
@blueprint.query(ProposalQueryPayload)
@blueprint.answers(HTTPStatus.OK, ProposalPagePayload)
def find_page(query: ProposalQuery) -> ProposalPage:
    """List proposals, oldest first; whose each is, is told to its own organisation and to staff alone."""
    return proposals.list_proposals(exchange(), principal(), query)


@blueprint.post("/catalogue/proposals", Permission.CATALOGUE_PROPOSE, also=(422,))
@blueprint.body(NewProposalPayload)
@blueprint.answers(HTTPStatus.CREATED, ProposalPayload)
def add(new: propose.NewProposal) -> tuple[SeenProposal, int, dict[str, str]]:
    """Propose a new entry, another text of one, or its retirement; the lint is asked at once."""
    made = propose.propose(exchange(), principal(), new, use_of_key())
    return _seen(made.proposal_id), HTTPStatus.CREATED, {"Location": f"{PREFIX}/catalogue/proposals/{made.proposal_id}"}


@blueprint.get("/catalogue/proposals/<proposal_id>", Permission.CATALOGUE_PROPOSE, Permission.CATALOGUE_REVIEW)
@blueprint.answers(HTTPStatus.OK, ProposalPayload)
def find_one(proposal_id: str) -> SeenProposal:
    """Give one proposal with its reviews."""
    return _seen(proposal_id)


@blueprint.post("/catalogue/proposals/<proposal_id>/reviews", Permission.CATALOGUE_REVIEW)
@blueprint.body(NewReviewPayload)
@blueprint.answers(HTTPStatus.CREATED, ProposalPayload)
def judge(given: dict[str, Any], proposal_id: str) -> tuple[SeenProposal, int]:
    """Approve or reject a proposal of another organisation, once for one's own: two approvals accept it, a rejection ends it."""
    review.review(exchange(), principal(), review.NewReview(proposal_id, **given), use_of_key())
    return _seen(proposal_id), HTTPStatus.CREATED


@blueprint.post("/catalogue/proposals/<proposal_id>/withdrawal", Permission.CATALOGUE_PROPOSE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, ProposalPayload)
def take_back(_nothing: dict[str, Any], proposal_id: str) -> SeenProposal:
    """Take a proposal of one's own organisation back."""
    propose.withdraw(exchange(), principal(), proposal_id, use_of_key())
    return _seen(proposal_id)


@blueprint.post("/catalogue/release", Permission.CATALOGUE_REVIEW)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.CREATED, ReleasePayload)
def release(_nothing: dict[str, Any]) -> tuple[KeptRelease, int, dict[str, str]]:
    """Make the next release of all that was accepted; for operators."""
    kept = review.release(exchange(), principal(), use_of_key())
    return kept, HTTPStatus.CREATED, {"Location": f"{PREFIX}/catalogue/releases/{kept.release}"}


def _seen(proposal_id: str) -> SeenProposal:
    return proposals.get_proposal(exchange(), principal(), proposal_id)
