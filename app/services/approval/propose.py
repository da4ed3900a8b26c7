"""Proposing what takes a second person, in the transaction of the service that was asked for it.

Owns that a person in the right role proposes, what a proposal holds, and that one is open at a time for one thing. Does not look
at whether what is proposed can be done: its service does, before it proposes and again when it is carried out. Kept by
``tests/services/approval/test_propose.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.approval import LONGEST_REASON, PROPOSALS_LIVE, Approval, ApprovalKind, ApprovalState
from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Principal
from app.policy.approvals import why_not_propose
from app.services.screen_reason import POINTER, check_legible
from app.storage import approvals, events
from app.storage.session import Connection
from breakwater_client.trust.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be done: ``document`` (JSON values) says all of it, for this kind's action and for the second person.

    ``subject`` is the id of ours that it is about; ``partner_id`` None: no partner's affair. ``reason`` is unverified text.
    """

    kind: ApprovalKind
    subject: str
    partner_id: str | None
    document: Mapping[str, Any]
    reason: str


def propose(connection: Connection, principal: Principal, proposal: Proposal, now: datetime) -> Approval:
    """Keep a proposal for a second person to decide within seven days. The caller holds the order lock.

    Raises:
        ConflictError: something of this kind about the same is proposed already, and open.
        ForbiddenError: ``second-person-needed`` for a service account, ``permission-missing`` for a person not in the role.
        MalformedInputError: no reason, or one that is too long; or a document without a canonical form: a mistake of the caller.
    """
    forbidden = why_not_propose(principal, proposal.kind)
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)
    check_reason(proposal.reason)
    earlier = approvals.find_open(connection, proposal.kind, proposal.subject, now)
    if earlier is not None:
        sentence = f"One proposal of this kind is open at a time, and {earlier.approval_id} is: it can be decided, or taken back"
        raise ConflictError(f"{sentence} by whoever proposed it.")
    approval = Approval(
        approval_id=str(uuid.uuid4()),
        kind=proposal.kind,
        subject=proposal.subject,
        partner_id=proposal.partner_id,
        document=canonical_bytes(proposal.document).decode(),
        reason=proposal.reason,
        state=ApprovalState.PROPOSED,
        proposed_by=str(principal.credential.person_id),
        proposed_at=now,
        expires_at=now + PROPOSALS_LIVE,
    )
    approvals.add_approval(connection, approval)
    record_event(connection, principal, Event.APPROVAL_PROPOSE, approval, now)
    return approval


def proposed_before(connection: Connection, approval_id: str) -> Approval:
    """Give the proposal that an earlier request under the same idempotency key made."""
    found = approvals.approval_by_id(connection, approval_id)
    if found is None:
        raise NotFoundError
    return found


def check_reason(reason: str) -> None:
    """Refuse a reason that is blank, too long or not legible. What it says is NOT looked at, and is never logged.

    Raises ``MalformedInputError``.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise MalformedInputError(f"A reason has 1 to {LONGEST_REASON} characters.", pointer=POINTER)
    check_legible(reason, POINTER)


def record_event(connection: Connection, principal: Principal, event: Event, approval: Approval, now: datetime) -> None:
    """Keep what happened to a proposal: its id and kind, and with which credential."""
    who = principal.credential.credential_id
    record = EventRecord(event, now, approval.partner_id, who, subject=approval.approval_id, code=approval.kind)
    events.add_events(connection, [record])
