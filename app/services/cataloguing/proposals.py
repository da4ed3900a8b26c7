"""Looking proposals up, as each caller may know them: all of them, but not who proposed or reviewed.

Owns that a member learns of no other member by them; the exchange's own people see whose each is. Kept by
``tests/services/cataloguing/test_proposals.py``.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.catalogue_proposal import Proposal, ProposalState, Review
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.policy.catalogue import is_own, why_not_review
from app.services.authenticate import require
from app.services.cataloguing.propose import found
from app.services.exchange import Exchange
from app.storage import catalogue_proposals, organisations
from app.storage.session import Connection

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES = 8
_START = b""
_CONTEXT = "catalogue-proposals"


@dataclass(frozen=True, slots=True)
class SeenReview:
    """A review; ``partner_id`` None: the caller is not told, or the exchange's own people reviewed."""

    review: Review
    own: bool
    partner_id: str | None


@dataclass(frozen=True, slots=True)
class SeenProposal:
    """A proposal with its reviews, oldest first; ``partner_id`` as of ``SeenReview``. What ``waits_for_you`` may be reviewed."""

    proposal: Proposal
    own: bool
    waits_for_you: bool
    partner_id: str | None
    reviews: tuple[SeenReview, ...]


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Proposals, oldest first; ``next`` is always given."""

    proposals: list[SeenProposal]
    next: str
    more: bool


@dataclass(frozen=True, slots=True)
class ProposalQuery:
    """Which proposals: of one state (None: all), up to ``limit``, after what ``cursor`` (unverified) says."""

    state: ProposalState | None
    cursor: str | None
    limit: int


def list_proposals(exchange: Exchange, principal: Principal, query: ProposalQuery) -> ProposalPage:
    """List proposals; raises ``MalformedInputError`` (``cursor-invalid``) for a cursor of another list."""
    _require(principal)
    context = hashlib.sha256(f"{_CONTEXT}\0{query.state}".encode()).digest()
    reached = _START if query.cursor is None else exchange.sealer.open(query.cursor, context)
    with exchange.database.read() as connection:
        listed = catalogue_proposals.list_proposals(connection, query.state, _unpacked(reached), query.limit + 1)
        shown = listed[: query.limit]
        seen = _seen(connection, principal, shown)
    reached = _packed(shown[-1]) if shown else reached
    return ProposalPage(seen, exchange.sealer.seal(reached, context), more=len(listed) > query.limit)


def get_proposal(exchange: Exchange, principal: Principal, proposal_id: str) -> SeenProposal:
    """Give one proposal; raises ``NotFoundError`` where there is none."""
    _require(principal)
    with exchange.database.read() as connection:
        [seen] = _seen(connection, principal, [found(connection, proposal_id)])
    return seen


def _require(principal: Principal) -> None:
    if why_forbidden(principal, Permission.CATALOGUE_REVIEW) is not None:
        require(principal, Permission.CATALOGUE_PROPOSE)


def _seen(connection: Connection, principal: Principal, shown: Sequence[Proposal]) -> list[SeenProposal]:
    own_id = None if principal.partner is None else principal.partner.partner_id
    reviews = catalogue_proposals.reviews_of(connection, [one.proposal_id for one in shown])
    parents = organisations.parents(connection)
    reviews_at_all = why_forbidden(principal, Permission.CATALOGUE_REVIEW) is None

    def named(partner_id: str | None) -> str | None:
        return partner_id if principal.is_staff or partner_id == own_id else None

    def waits(one: Proposal) -> bool:
        is_open = reviews_at_all and one.state is ProposalState.OPEN
        return is_open and why_not_review(principal, one, reviews[one.proposal_id], parents) is None

    return [
        SeenProposal(
            proposal=one,
            own=is_own(principal, one),
            waits_for_you=waits(one),
            partner_id=named(one.partner_id),
            reviews=tuple(
                SeenReview(each, each.partner_id == own_id, named(each.partner_id)) for each in reviews[one.proposal_id]
            ),
        )
        for one in shown
    ]


def _packed(last: Proposal) -> bytes:
    microseconds = (last.proposed_at - _EPOCH) // _MICROSECOND
    return microseconds.to_bytes(_TIME_BYTES, "big") + uuid.UUID(last.proposal_id).bytes


def _unpacked(reached: bytes) -> tuple[datetime, str] | None:
    if reached == _START:
        return None
    at = _EPOCH + int.from_bytes(reached[:_TIME_BYTES], "big") * _MICROSECOND
    return at, str(uuid.UUID(bytes=reached[_TIME_BYTES:]))
