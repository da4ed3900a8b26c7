"""Proposing what is done about a request of a person that data are about: one data-protection person does, another agrees.

Owns what a proposal says: the request's id, a salted digest of its selectors, a word, and row ids of what was found; never a
selector or an id that is made of one. Kept by ``tests/services/subjects/test_propose_act.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import ConflictError, MalformedInputError
from app.domain.partner import Principal
from app.domain.subject_request import LOOKUPS_COUNT_FOR, MOST_LOOKUPS, SubjectAct, SubjectGround, SubjectRequest
from app.policy.subject_requests import ABOUT_FINDINGS, why_not_now
from app.services.answer_once import earlier_outcome
from app.services.approval.propose import Proposal, propose, proposed_before
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.subjects.open_request import existing, protecting_person, refuse, selectors_digest
from app.storage import subjects, submissions
from app.storage.session import Connection
from app.storage.submissions import KeyUse

MOST_FINDINGS = 1_000
"""Of how many findings one proposal is: what two persons agree on at once."""


@dataclass(frozen=True, slots=True)
class ActWanted:
    """What is to be done: on which ground, to which findings (numbers; None: all), and why (unverified text)."""

    act: SubjectAct
    reason: str
    ground: SubjectGround | None = None
    numbers: Sequence[int] | None = None


def propose_act(
    exchange: Exchange, principal: Principal, request_id: str, wanted: ActWanted, use: KeyUse | None = None
) -> Approval:
    """Propose an act; another data-protection person or an operator approves it, and only then it is done.

    Raises:
        ConflictError: it does not apply as the request stands, is proposed already, or too much was looked up today.
        ForbiddenError: the caller does not protect data here, or is no person.
        MalformedInputError: findings that are none of this request's, or an act that has none.
        NotFoundError: there is no such request.
    """
    protecting_person(principal)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        request = existing(connection, request_id)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return proposed_before(connection, earlier)
        refuse(why_not_now(request, wanted.act, wanted.ground))
        if wanted.act is SubjectAct.LOOKUP:
            _check_count(connection, now)
        proposal = Proposal(
            ApprovalKind(f"subject-{wanted.act}"), request_id, None, _document(connection, request, wanted), wanted.reason
        )
        approval = propose(connection, principal, proposal, now)
        if use is not None:
            submissions.add_key_use(connection, use, approval.approval_id, now)
    return approval


def _document(connection: Connection, request: SubjectRequest, wanted: ActWanted) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": f"subject-{wanted.act}",
        "request": request.request_id,
        "selectors_digest": selectors_digest(request),
    }
    if wanted.ground is not None:
        document["ground"] = wanted.ground.value
    if wanted.act in ABOUT_FINDINGS:
        document["findings"] = _chosen(connection, request, wanted.numbers)
    elif wanted.numbers is not None:
        raise MalformedInputError("This is not done to single findings.", pointer="/findings")
    return document


def _chosen(connection: Connection, request: SubjectRequest, numbers: Sequence[int] | None) -> list[int]:
    found = subjects.findings(connection, request.request_id)
    chosen = sorted(found if numbers is None else set(numbers))
    if not found.keys() >= set(chosen):
        raise MalformedInputError("One of these numbers is no finding of this request.", pointer="/findings")
    if not chosen:
        raise ConflictError("There is no finding that this could be done to.")
    if len(chosen) > MOST_FINDINGS:
        raise ConflictError(f"One proposal is about {MOST_FINDINGS} findings at most: name some of them.")
    return chosen


def _check_count(connection: Connection, now: datetime) -> None:
    """Bound how often the exchange is asked about persons, before a second person is asked."""
    done = subjects.deeds_since(connection, now - LOOKUPS_COUNT_FOR)
    if sum(one.act is SubjectAct.LOOKUP for one in done) >= MOST_LOOKUPS:
        raise ConflictError("So many look-ups were made within a day that no further one is proposed now.")
