"""Agreements as two persons make them: one proposes exactly one version, another agrees to exactly that.

Owns what is proposed, with the digests of the versions that it was compared with, and what is done once a second operator agrees;
deciding is the approvals'. Kept by ``tests/services/membership/test_propose_agreement.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import ConflictError, MalformedInputError
from app.domain.partner import Principal
from app.services.answer_once import earlier_outcome
from app.services.approval.propose import Proposal, propose, proposed_before
from app.services.exchange import Exchange
from app.services.membership.agreement_documents import KeptAgreement, agreed_version, compare, proposal_document
from app.services.membership.agreement_versions import Making, NewAgreement, check_audience
from app.services.membership.change_policy import making
from app.storage import members, submissions
from app.storage.counter import Order
from app.storage.session import Connection
from app.storage.submissions import KeyUse

_ANOTHER = "Another version of this agreement was made meanwhile: look at that, and propose anew."


def propose_agreement(
    exchange: Exchange, principal: Principal, new: NewAgreement, reason: str, use: KeyUse | None = None
) -> Approval:
    """Propose the next version of a partner's agreement, whatever it widens; a second operator approves it.

    Raises:
        ConflictError: a version for this partner is proposed already.
        ForbiddenError: the caller is no operator in person.
        MalformedInputError: as ``agreement_versions.next_version``; no reason, or one that is too long.
        NotFoundError: there is no such partner.
    """
    with making(exchange, principal) as act:
        known = act.known(new.partner_id)
        earlier = earlier_outcome(act.connection, use)
        if earlier is not None:
            return proposed_before(act.connection, earlier)
        approval = proposed(act, principal, new, known, reason)
        if use is not None:
            submissions.add_key_use(act.connection, use, approval.approval_id, act.now)
    return approval


def proposed(act: Making, principal: Principal, new: NewAgreement, known: list[KeptAgreement], reason: str) -> Approval:
    """Propose a version in a transaction that is open; raises as ``propose_agreement``."""
    comparison = compare(known, act.version_of(new, known))
    exchange_id = members.this_exchange(act.connection).exchange_id
    document = proposal_document(comparison, exchange_id, starts_when_approved=new.starts_at is None)
    proposal = Proposal(ApprovalKind.AGREEMENT_VERSION, new.partner_id, new.partner_id, document, reason)
    return propose(act.connection, principal, proposal, act.now)


@dataclass(frozen=True, slots=True)
class Approving:
    """What carrying out needs besides the document: the exchange that signs, whose credential approves, and which proposal."""

    exchange: Exchange
    credential_id: str
    approval_id: str

    def make_version(self, connection: Connection, order: Order, document: Mapping[str, Any], now: datetime) -> None:
        """Make the version that two persons agreed to; the caller holds the order lock and saves the order.

        Raises:
            ConflictError: another version was made since it was proposed, its start has passed, it would end before it starts,
                or its default audience is not there.
            NotFoundError: there is no such partner any more.
        """
        act = Making(self.exchange, connection, order, now, self.credential_id)
        agreement = agreed_version(document, now, self.credential_id)
        known = act.known(agreement.partner_id)
        _check_compared(document, known)
        if agreement.starts_at < now or (agreement.ends_at is not None and agreement.ends_at <= agreement.starts_at):
            raise ConflictError("The time for which this was proposed has passed: propose it anew.")
        try:
            check_audience(connection, agreement.partner_id, agreement.default_handling)
        except MalformedInputError as exc:
            raise ConflictError(exc.sentence) from exc
        act.add(agreement, self.approval_id)


def _check_compared(document: Mapping[str, Any], known: list[KeptAgreement]) -> None:
    """A proposal is for one number, and says what it changes; what else was made meanwhile, nobody has compared it with."""
    digests = {one.agreement.version: one.digest for one in known}
    numbered = document["agreement"]["version"] == max(digests, default=0) + 1
    compared = document["compared_with"]
    same = all(one["version"] is None or digests.get(one["version"]) == one["digest"] for one in compared)
    if not numbered or not same:
        raise ConflictError(_ANOTHER)
