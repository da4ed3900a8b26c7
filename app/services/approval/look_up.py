"""Looking proposals up: staff all of them, a partner's persons those that are their partner's affair.

Kept by ``tests/services/approval/test_look_up.py``.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.approval import Approval, ApprovalState
from app.domain.errors import Code, ForbiddenError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.approvals import may_see
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import approvals
from app.storage.approvals import Sought
from breakwater_client.trust.canonical import canonical_bytes

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES = 8
_START = b""


@dataclass(frozen=True, slots=True)
class SeenApproval:
    """A proposal as it is at the time of asking."""

    approval: Approval
    state: ApprovalState


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """Proposals, oldest first; ``next`` is always given, as with objects."""

    approvals: list[SeenApproval]
    next: str
    more: bool


@dataclass(frozen=True, slots=True)
class ApprovalQuery:
    """Which proposals: in a state (None: in any), up to ``limit``, after what ``cursor`` (unverified) says."""

    state: ApprovalState | None
    cursor: str | None
    limit: int


def list_approvals(exchange: Exchange, principal: Principal, query: ApprovalQuery) -> ApprovalPage:
    """List the proposals that the caller may see.

    Raises:
        ForbiddenError: the caller is no person, or without the right.
        MalformedInputError: ``cursor-invalid``.
    """
    require(principal, Permission.APPROVALS_READ)
    if principal.person is None:
        raise ForbiddenError("Proposals are shown to persons, not to service accounts.", code=Code.PERMISSION_MISSING)
    partner_id = principal.partner.partner_id if principal.partner else None
    context = hashlib.sha256(f"approvals\0{partner_id}\0{query.state}".encode()).digest()
    reached = _START if query.cursor is None else exchange.sealer.open(query.cursor, context)
    now = exchange.clock()
    with exchange.database.read() as connection:
        sought = Sought(partner_id, query.state, now)
        found = approvals.list_approvals(connection, sought, _unpacked(reached), query.limit + 1)
    shown = [SeenApproval(one, one.state_at(now)) for one in found[: query.limit]]
    reached = _packed(shown[-1].approval) if shown else reached
    return ApprovalPage(shown, exchange.sealer.seal(reached, context), more=len(found) > query.limit)


def get_approval(exchange: Exchange, principal: Principal, approval_id: str) -> SeenApproval:
    """Give one proposal; raises ``NotFoundError`` where there is none that the caller may see."""
    require(principal, Permission.APPROVALS_READ)
    with exchange.database.read() as connection:
        found = approvals.approval_by_id(connection, approval_id)
    if found is None or not may_see(principal, found):
        raise NotFoundError
    return SeenApproval(found, found.state_at(exchange.clock()))


def document_digest(document: object) -> str:
    """Give the digest of a document as somebody reads it: by it, a person sees what they agree to before they name it.

    Raises ``MalformedInputError`` for what has no canonical form.
    """
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def _packed(last: Approval) -> bytes:
    microseconds = (last.proposed_at - _EPOCH) // _MICROSECOND
    return microseconds.to_bytes(_TIME_BYTES, "big") + uuid.UUID(last.approval_id).bytes


def _unpacked(reached: bytes) -> tuple[datetime, str] | None:
    if reached == _START:
        return None
    at = _EPOCH + int.from_bytes(reached[:_TIME_BYTES], "big") * _MICROSECOND
    return at, str(uuid.UUID(bytes=reached[_TIME_BYTES:]))
