"""What may be said with the catalogue, and who may change it.

Owns which codes an object may name, who may review a proposal, take it back and release what was accepted. Organisations are
those at the top: a part of one is that one. Does not read entries: their words are the lint's. Kept by
``tests/policy/test_catalogue.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain.catalogue import Catalogue
from app.domain.catalogue_proposal import EXCHANGE, NEEDED_APPROVALS, Proposal, ProposalState, Review, Verdict
from app.domain.errors import Code
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.administration import Forbidden, kinds_of
from app.policy.organisations import organisation_of
from app.policy.scopes import PrincipalKind


@dataclass(frozen=True, slots=True)
class Unnameable:
    """Why an object may not name a behaviour: the error code, a sentence, and which of its codes it is, from 0."""

    code: Code
    sentence: str
    index: int


def why_unnameable(codes: Sequence[str], catalogue: Catalogue) -> Unnameable | None:
    """Give the reason why an object may not name these behaviours, or None: each is in the newest release, and in force."""
    for index, code in enumerate(codes):
        behaviour = catalogue.behaviours_by_code.get(code)
        if behaviour is None:
            sentence = f"The catalogue (release {catalogue.release}) has no behaviour of this code: look it up there."
            return Unnameable(Code.BEHAVIOUR_UNKNOWN, sentence, index)
        if behaviour.retired_in is not None:
            instead = f": name {' or '.join(behaviour.replaced_by)} instead" if behaviour.replaced_by else ""
            sentence = f"Release {behaviour.retired_in} of the catalogue retired this behaviour{instead}."
            return Unnameable(Code.BEHAVIOUR_RETIRED, sentence, index)
    return None


_NO_PERSON = Forbidden(
    Code.SECOND_PERSON_NEEDED, "A person reviews and releases, with a credential of their own; a service account does neither."
)
_OWN = Forbidden(Code.SECOND_PERSON_NEEDED, "Whose organisation proposed this does not review it: others must.")
_AGAIN = Forbidden(Code.SECOND_PERSON_NEEDED, "Your organisation has reviewed this: another one must.")
_NO_OPERATOR = Forbidden(Code.PERMISSION_MISSING, "Operators of the exchange release the catalogue.")


def speaks_for(partner_id: str | None, parents: Mapping[str, str]) -> str:
    """Give the organisation that somebody speaks for: the exchange (no partner), or the partner at the top of their own."""
    return EXCHANGE if partner_id is None else organisation_of(partner_id, parents)


def why_not_review(
    principal: Principal, proposal: Proposal, reviews: Collection[Review], parents: Mapping[str, str]
) -> Forbidden | None:
    """Give the reason why the caller may not review a proposal, or None: a person of an organisation not heard about it yet.

    NOT checked: whether it is open, and the permission.
    """
    if principal.person is None or principal.credential.person_id is None:
        return _NO_PERSON
    own = speaks_for(_partner_id(principal), parents)
    if own == speaks_for(proposal.partner_id, parents):
        return _OWN
    heard = {speaks_for(one.partner_id, parents) for one in reviews}
    return _AGAIN if own in heard else None


def state_after(reviews: Collection[Review]) -> ProposalState:
    """Give what reviews make of an open proposal: one rejection ends it, two approvals accept it."""
    if any(one.verdict is Verdict.REJECT for one in reviews):
        return ProposalState.REJECTED
    return ProposalState.ACCEPTED if len(reviews) >= NEEDED_APPROVALS else ProposalState.OPEN


def is_own(principal: Principal, proposal: Proposal) -> bool:
    """Whether the caller's own organisation (its partner, or the exchange) proposed this, and so may take it back."""
    return _partner_id(principal) == proposal.partner_id


def why_not_release(principal: Principal) -> Forbidden | None:
    """Give the reason why the caller may not make a release, or None: a person of the exchange who operates it."""
    if principal.credential.person_id is None:
        return _NO_PERSON
    holds = Permission.CATALOGUE_REVIEW in principal.credential.scopes
    return None if holds and PrincipalKind.OPERATOR in kinds_of(principal) else _NO_OPERATOR


def _partner_id(principal: Principal) -> str | None:
    return None if principal.partner is None else principal.partner.partner_id
