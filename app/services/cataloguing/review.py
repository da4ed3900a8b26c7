"""Reviewing proposals, and releasing what was accepted.

Owns that two organisations beside the proposer's are heard, each once, and that a release takes accepted proposals in the order
in which they were made: what it leaves out is outdated and proposed anew. Kept by ``tests/services/cataloguing/test_review.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.catalogue import Catalogue
from app.domain.catalogue_proposal import Proposal, ProposalKind, ProposalState, Review, Verdict
from app.domain.errors import BreakwaterError, ConflictError, ForbiddenError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.administration import Forbidden
from app.policy.catalogue import speaks_for, state_after, why_not_release, why_not_review
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require, require_still
from app.services.cataloguing.check_reason import check_reason
from app.services.cataloguing.current import current_catalogue
from app.services.cataloguing.draft import Draft, new_findings
from app.services.cataloguing.propose import check_based, check_waits, found, note
from app.services.cataloguing.publish import ensure_catalogue, publish
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.storage import catalogue_proposals, catalogue_releases, organisations, submissions
from app.storage.catalogue_releases import KeptRelease
from app.storage.counter import save_order
from app.storage.session import Connection
from app.storage.submissions import KeyUse


@dataclass(frozen=True, slots=True)
class NewReview:
    """What a reviewer says of which proposal."""

    proposal_id: str
    verdict: Verdict
    reason: str


def review(exchange: Exchange, principal: Principal, new: NewReview, use: KeyUse | None = None) -> Proposal:
    """Say what one's organisation thinks of a proposal. Gives the proposal as it is then.

    Raises:
        ConflictError: it is settled; ``catalogue-changed`` where a release changed its entry.
        ForbiddenContentError, RefusedError: the reason carries what must not be here.
        ForbiddenError: ``second-person-needed``: one's own organisation proposed it, or was heard; or no person asks.
        NotFoundError: there is no such proposal.
        UnauthenticatedError: the credential ended while this waited for its turn.
    """
    require(principal, Permission.CATALOGUE_REVIEW)
    check_reason(exchange, principal, new.reason)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        principal = require_still(connection, principal, Permission.CATALOGUE_REVIEW, exchange.clock())
        proposal = found(connection, new.proposal_id)
        if earlier_outcome(connection, use) is not None:
            return proposal
        reviews = catalogue_proposals.reviews_of(connection, [proposal.proposal_id])[proposal.proposal_id]
        parents = organisations.parents(connection)
        _check(why_not_review(principal, proposal, reviews, parents))
        check_waits(proposal)
        if proposal.state is ProposalState.ACCEPTED:
            raise ConflictError("This proposal is accepted, and waits for the next release.")
        check_based(connection, proposal, current_catalogue(connection))
        one = _review(principal, new, speaks_for(_partner_id(principal), parents), now)
        catalogue_proposals.add_review(connection, one)
        state = state_after([*reviews, one])
        settled = replace(proposal, state=state, settled_at=now if state is ProposalState.REJECTED else None)
        catalogue_proposals.settle(connection, settled)
        note(connection, principal, Event.CATALOGUE_REVIEW, (proposal, new.verdict), now)
        if use is not None:
            submissions.add_key_use(connection, use, proposal.proposal_id, now)
        save_order(connection, order)
    return settled


def release(exchange: Exchange, principal: Principal, use: KeyUse | None = None) -> KeptRelease:
    """Make the next release of all that was accepted.

    Raises:
        ConflictError: nothing is accepted, or nothing of it applies any more.
        ForbiddenError: the caller is no operator.
        UnauthenticatedError: the credential ended while this waited for its turn.
    """
    require(principal, Permission.CATALOGUE_REVIEW)
    _check(why_not_release(principal))
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        principal = require_still(connection, principal, Permission.CATALOGUE_REVIEW, exchange.clock())
        _check(why_not_release(principal))
        earlier = earlier_outcome(connection, use)
        kept = catalogue_releases.release_by_number(connection, int(earlier)) if earlier is not None else None
        if kept is not None:
            return kept
        ensure_catalogue(connection, order, exchange.keys.statements, now)
        waiting = catalogue_proposals.waiting_proposals(connection)
        accepted = [one for one in waiting if one.state is ProposalState.ACCEPTED]
        draft, taken = _drafted(current_catalogue(connection), accepted, now)
        if not taken:
            raise ConflictError("No accepted proposal that still applies waits for a release.")
        by = (principal.credential.credential_id, now)
        kept = publish(connection, order, exchange.keys.statements, draft.release(now), by)
        _settle(connection, waiting, taken, kept)
        if use is not None:
            submissions.add_key_use(connection, use, str(kept.release), now)
        save_order(connection, order)
    return kept


def _drafted(before: Catalogue, accepted: Sequence[Proposal], now: datetime) -> tuple[Draft, dict[str, str]]:
    """Draft what applies and fits together, oldest first. Gives the draft, and the codes by the ids of the proposals in it."""
    draft, taken = Draft(before), dict[str, str]()
    for one in accepted:
        tried = draft.copy()
        try:
            code = tried.take(one)
        except BreakwaterError:
            continue  # an earlier one took its entry, or retired what it names
        if not new_findings(before, tried.release(now)):
            draft, taken[one.proposal_id] = tried, code
    return draft, taken


def _settle(connection: Connection, waiting: Sequence[Proposal], taken: dict[str, str], kept: KeptRelease) -> None:
    """Keep what became of all that waited: released, outdated by this release, or waiting on."""
    changed = {one.code for one in waiting if one.proposal_id in taken and one.kind is not ProposalKind.NEW}
    for one in waiting:
        if one.proposal_id in taken:
            settled = replace(one, state=ProposalState.RELEASED, code=taken[one.proposal_id])
        elif one.state is ProposalState.ACCEPTED or one.code in changed:
            settled = replace(one, state=ProposalState.OUTDATED)
        else:
            continue
        catalogue_proposals.settle(connection, replace(settled, settled_at=kept.released_at, release=kept.release))


def _review(principal: Principal, new: NewReview, organisation: str, now: datetime) -> Review:
    return Review(
        proposal_id=new.proposal_id,
        organisation=organisation,
        partner_id=_partner_id(principal),
        person_id=str(principal.credential.person_id),
        credential_id=principal.credential.credential_id,
        verdict=new.verdict,
        reason=new.reason,
        reviewed_at=now,
    )


def _partner_id(principal: Principal) -> str | None:
    return None if principal.partner is None else principal.partner.partner_id


def _check(forbidden: Forbidden | None) -> None:
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)
