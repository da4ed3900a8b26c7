"""What two persons must agree to: a proposal, its states, and what one person saw of it before agreeing.

Owns the values only; who may propose and decide is ``app/policy/approvals.py``. Kept by ``tests/domain/test_approval.py``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

PROPOSALS_LIVE = timedelta(days=7)
LONGEST_REASON = 500  # characters


@unique
class ApprovalKind(StrEnum):
    """What is to be done once a second person agrees. Alphabetical, never reused."""

    AGREEMENT_VERSION = "agreement-version"
    HOLD_LIFTING = "hold-lifting"
    KEY_RECOVERY = "key-recovery"
    PARTNER_REACTIVATION = "partner-reactivation"
    PERSON_ROLES = "person-roles"
    STAFF_ADDITION = "staff-addition"
    SUBJECT_ANSWER = "subject-answer"
    SUBJECT_ERASURE = "subject-erasure"
    SUBJECT_LIFTING = "subject-lifting"
    SUBJECT_LOOKUP = "subject-lookup"
    SUBJECT_RECTIFICATION = "subject-rectification"
    SUBJECT_REJECTION = "subject-rejection"
    SUBJECT_RESTRICTION = "subject-restriction"


@unique
class ApprovalState(StrEnum):
    """The life of a proposal; only a proposed one is open."""

    APPROVED = "approved"
    EXPIRED = "expired"
    PROPOSED = "proposed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Approval:
    """A proposal and what became of it. ``document`` is RFC 8785 text of exactly what will be done.

    ``subject`` is the id of ours that it is about, ``partner_id`` the partner whose affair it is (None: the exchange's own).
    ``proposed_by`` and ``decided_by`` are persons; of a withdrawn one the latter is the proposer. ``state`` is as it was settled:
    one that is kept as proposed may have expired since (``state_at``).
    """

    approval_id: str
    kind: ApprovalKind
    subject: str
    partner_id: str | None
    document: str
    reason: str
    state: ApprovalState
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None

    @property
    def digest(self) -> str:
        """The hexadecimal SHA-256 of the document: what the second person says they agree to."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    def state_at(self, now: datetime) -> ApprovalState:
        """Give the state at ``now``: whatever nobody settled before its end has expired."""
        lapsed = self.state is ApprovalState.PROPOSED and self.expires_at <= now
        return ApprovalState.EXPIRED if lapsed else self.state
