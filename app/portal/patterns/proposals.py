"""Proposals to change the catalogue: all of them, one with what it would change, and what one's organisation says of it.

Proposing is done by command or over REST, where a whole entry can be written and checked. Kept by
``tests/portal/patterns/test_proposals.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.catalogue_proposal import LONGEST_TEXT, ProposalState, Verdict
from app.domain.errors import ConflictError, ForbiddenContentError, MalformedInputError, RefusedError
from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.pages import go_to
from app.portal.patterns.pages import pattern_page
from app.portal.plain_words import pairs
from app.portal.typed import not_material
from app.services.cataloguing import propose, review
from app.services.cataloguing.proposal_changes import what_changes
from app.services.cataloguing.proposals import ProposalQuery, get_proposal, list_proposals
from app.web.context import exchange, principal

blueprint = PortalBlueprint("proposals", section="patterns.show")
MOST_AT_ONCE = 25
_WHO = (Permission.CATALOGUE_PROPOSE, Permission.CATALOGUE_REVIEW)
_PLACES = {"verdict": "verdict-1", "reason": "reason"}
_REFUSED = (ConflictError, ForbiddenContentError, MalformedInputError, RefusedError)


@blueprint.page("/patterns/proposals", *_WHO, query=["state", "next"])
def list_all() -> Response:
    """List proposals, oldest first."""
    state = _state(request.args.get("state", ""))
    found = list_proposals(exchange(), principal(), ProposalQuery(state, request.args.get("next") or None, MOST_AT_ONCE))
    states = pairs(ProposalState)
    return pattern_page("proposals.html", found=found, state=state, states=states)


@blueprint.page("/patterns/proposals/<proposal_id>", *_WHO)
def show(proposal_id: str) -> Response:
    """Show a proposal, what it would change, and what was said of it."""
    return _shown(proposal_id)


@blueprint.form(
    "/patterns/proposals/<proposal_id>/review",
    Permission.CATALOGUE_REVIEW,
    fresh_at="proposals.show",
    does="Say what your organisation decides on a proposal",
)
def judge(proposal_id: str) -> Response:
    """Approve or reject it, once for one's organisation."""
    given = fields("verdict", "reason", ONCE_FIELD)
    faults = _faults(given)
    if faults:
        return _shown(proposal_id, HTTPStatus.UNPROCESSABLE_ENTITY, given, faults)
    new = review.NewReview(proposal_id, Verdict(given["verdict"]), given["reason"].strip())
    try:
        review.review(exchange(), principal(), new, use_of_form())
    except _REFUSED as refused:
        typed = given | {"reason": not_material(given["reason"], refused)}
        return _shown(proposal_id, HTTPStatus.UNPROCESSABLE_ENTITY, typed, {"reason": refused.sentence})
    return go_to("proposals.show", proposal_id=proposal_id)


@blueprint.form(
    "/patterns/proposals/<proposal_id>/withdrawal",
    Permission.CATALOGUE_PROPOSE,
    fresh_at="proposals.show",
    does="Take a proposal back",
)
def take_back(proposal_id: str) -> Response:
    """Take a proposal of one's own organisation back."""
    fields(ONCE_FIELD)
    propose.withdraw(exchange(), principal(), proposal_id, use_of_form())
    return go_to("proposals.show", proposal_id=proposal_id)


def _shown(
    proposal_id: str,
    status: int = HTTPStatus.OK,
    given: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response:
    seen = get_proposal(exchange(), principal(), proposal_id)
    known: dict[str, Any] = {"seen": seen, "proposed": what_changes(exchange(), seen.proposal)}
    typed: dict[str, Any] = {
        "given": given or {"verdict": "", "reason": ""},
        "faults": {"verdict": "", "reason": ""} | (faults or {}),
    }
    typed["problems"] = [(_PLACES[name], sentence) for name, sentence in (faults or {}).items()]
    is_fresh = signed_in().session.is_fresh(exchange().clock())
    return pattern_page("proposal.html", status, is_fresh=is_fresh, Verdict=Verdict, **known, **typed)


def _faults(given: dict[str, str]) -> dict[str, str]:
    faults = {}
    if given["verdict"] not in set(Verdict):
        faults["verdict"] = "Say whether your organisation approves."
    if not 0 < len(given["reason"].strip()) <= LONGEST_TEXT:
        faults["reason"] = f"Give a reason of {LONGEST_TEXT:,} characters at most."
    return faults


def _state(text: str) -> ProposalState | None:
    if not text:
        return None
    if text not in set(ProposalState):
        raise MalformedInputError("Choose one of the states.", pointer="/state")
    return ProposalState(text)
