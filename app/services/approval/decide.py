"""Deciding a proposal: approving it (which carries it out), rejecting it, or taking one's own back.

Owns the order of the steps and their one transaction: whatever was approved is done, and what could not be done is not approved.
Each decision is a leaf of the log, which commits to the document's digest, to both persons and to the digests of their reasons.
Two decisions at once are made one after the other, under the order lock: the second finds the proposal settled. Kept by
``tests/services/approval/test_decide.py``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.approval import Approval, ApprovalKind, ApprovalState
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, UnauthenticatedError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.administration import Forbidden
from app.policy.approvals import is_proposer, may_see, may_still_decide, may_still_propose, why_not_decide
from app.services.answer_once import earlier_outcome
from app.services.approval.propose import check_reason, record_event
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.proving.record import Recorded, record_in_log
from app.storage import approvals, credentials, members, submissions
from app.storage.counter import Order, save_order
from app.storage.session import Connection
from app.storage.submissions import KeyUse
from breakwater_client.instant import instant_text
from breakwater_client.trust.log_leaf import LeafKind

Action = Callable[[Connection, Order, Mapping[str, Any], datetime], None]
"""Does what a document says, under the order lock; raises ``ConflictError`` where that does not apply any more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides: of which proposal, why, and with which digest of its document before them (unverified)."""

    approval_id: str
    reason: str
    digest: str | None = None


def approve(
    exchange: Exchange,
    principal: Principal,
    decision: Decision,
    kinds: Mapping[ApprovalKind, Action],
    use: KeyUse | None = None,
) -> Approval:
    """Agree to a proposal as the second person; what it says is done in the same transaction.

    Raises:
        ConflictError: it is settled or has expired, the digest is not its document's, its proposer is no longer in the role,
            or what it says does not apply any more.
        ForbiddenError: ``second-person-needed`` or ``permission-missing``.
        NotFoundError: there is no such proposal that the caller may see.
        UnauthenticatedError: the caller's credential was revoked while this waited.
    """
    require(principal, Permission.APPROVALS_DECIDE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        approval = _seen(connection, principal, decision.approval_id)
        if earlier_outcome(connection, use) is not None:
            return approval
        _check(why_not_decide(principal, approval))
        _check_decider(connection, principal, approval, now)
        _check_open(approval, now)
        if not hmac.compare_digest((decision.digest or "").encode(), approval.digest.encode()):
            raise ConflictError("This is not the digest of what is proposed; look at it again.")
        _check_proposer(connection, approval)
        kinds[approval.kind](connection, order, json.loads(approval.document), now)
        settled = _settled(principal, approval, decision, ApprovalState.APPROVED, now)
        _keep(connection, order, settled, now)
        record_event(connection, principal, Event.APPROVAL_APPROVE, settled, now)
        _bind(connection, use, settled, now)
        save_order(connection, order)
        return settled


def reject(exchange: Exchange, principal: Principal, decision: Decision, use: KeyUse | None = None) -> Approval:
    """Decide that a proposal is not carried out; whoever proposed it takes it back by the same call.

    Raises:
        ConflictError: it is settled or has expired.
        ForbiddenError: ``second-person-needed`` or ``permission-missing``.
        NotFoundError: there is no such proposal that the caller may see.
    """
    require(principal, Permission.APPROVALS_DECIDE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, principal)
        approval = _seen(connection, principal, decision.approval_id)
        if earlier_outcome(connection, use) is not None:
            return approval
        own = is_proposer(principal, approval)
        _check(None if own else why_not_decide(principal, approval))
        _check_decider(connection, principal, approval, now)
        _check_open(approval, now)
        settled = _settled(principal, approval, decision, ApprovalState.WITHDRAWN if own else ApprovalState.REJECTED, now)
        _keep(connection, order, settled, now)
        record_event(connection, principal, Event.APPROVAL_REJECT, settled, now)
        _bind(connection, use, settled, now)
        save_order(connection, order)
        return settled


def _seen(connection: Connection, principal: Principal, approval_id: str) -> Approval:
    approval = approvals.approval_by_id(connection, approval_id)
    if approval is None or not may_see(principal, approval):
        raise NotFoundError
    return approval


def _check(forbidden: Forbidden | None) -> None:
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)


def _check_open(approval: Approval, now: datetime) -> None:
    state = approval.state_at(now)
    if state is not ApprovalState.PROPOSED:
        raise ConflictError(f"This proposal is {state} and cannot be decided any more.")


def _check_proposer(connection: Connection, approval: Approval) -> None:
    """Two persons in office must agree: one who left meanwhile, or lost the role, counts no more."""
    proposer = members.person_by_id(connection, approval.proposed_by)
    if proposer is None or not may_still_propose(proposer, approval.kind):
        raise ConflictError("Whoever proposed this is no longer in a role that may; it has to be proposed anew.")


def _check_decider(connection: Connection, principal: Principal, approval: Approval, now: datetime) -> None:
    """The same of the second person, asked again under the order lock: who waited for it may have been shut out meanwhile."""
    credential = credentials.credential_by_id(connection, principal.credential.credential_id)
    if credential is None or credential.revoked_at is not None or credential.expires_at <= now:
        raise UnauthenticatedError("This credential is no longer good.")
    person = members.person_by_id(connection, str(credential.person_id))
    if person is None or not may_still_decide(person, approval.kind):
        raise ForbiddenError("Whoever decides this is no longer in a role that may.")


def _settled(principal: Principal, approval: Approval, decision: Decision, state: ApprovalState, now: datetime) -> Approval:
    check_reason(decision.reason)
    who = principal.credential.person_id
    return replace(approval, state=state, decided_by=who, decided_at=now, decision_reason=decision.reason)


def _keep(connection: Connection, order: Order, settled: Approval, now: datetime) -> None:
    if not approvals.settle(connection, settled):
        raise ConflictError("This proposal was settled by another decision.")
    record_in_log(connection, order, Recorded(LeafKind.APPROVAL, settled.approval_id, logged(settled)), now)


def logged(settled: Approval) -> dict[str, Any]:
    """Give what the log commits to of a decision: ids, times and digests; no text of anybody's, and no name."""
    return {
        "type": "approval",
        "approval": settled.approval_id,
        "kind": settled.kind.value,
        "subject": settled.subject,
        "partner": settled.partner_id,
        "document_digest": settled.digest,
        "state": settled.state.value,
        "proposed_by": settled.proposed_by,
        "proposed_at": instant_text(settled.proposed_at),
        "reason_digest": _digest(settled.reason),
        "decided_by": settled.decided_by,
        "decided_at": instant_text(settled.decided_at) if settled.decided_at else None,
        "decision_reason_digest": _digest(settled.decision_reason or ""),
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _bind(connection: Connection, use: KeyUse | None, settled: Approval, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, settled.approval_id, now)
