"""Recovering: a partner lost its key, or had it stolen, and no key of it can sign for the next. Two operators agree on that.

Owns what is proposed and what is done once a second operator agrees; deciding is the approvals'. Kept by
``tests/services/membership/test_recover_keys.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import ConflictError, NotFoundError
from app.domain.partner import PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState
from app.services.approval.propose import Proposal, propose, proposed_before
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.membership.key_life import acting, recover
from app.storage import credentials
from app.storage.counter import Order
from app.storage.session import Connection
from app.storage.submissions import KeyUse

TYPE = "key-recovery"


def propose_recovery(exchange: Exchange, principal: Principal, keyid: str, reason: str, use: KeyUse | None = None) -> Approval:
    """Propose that a pending key count, as an operator who has asked its partner by another way. A second one approves.

    Raises:
        ConflictError: the key is not pending, or this is proposed already.
        ForbiddenError: the caller is no operator in person.
        MalformedInputError: no reason, or one that is too long.
        NotFoundError: there is no such key.
    """
    require(principal, Permission.KEYS_ACTIVATE)
    with acting(exchange, principal) as act:
        earlier = act.repeated(use)
        if earlier is not None:
            return proposed_before(act.connection, earlier)
        key = act.existing(keyid)
        _check_pending(key)
        document = {"type": TYPE, "keyid": key.keyid, "partner_id": key.partner_id, "usage": key.usage.value}
        proposal = Proposal(ApprovalKind.KEY_RECOVERY, key.keyid, key.partner_id, document, reason)
        approval = propose(act.connection, principal, proposal, act.now)
        act.bind(use, approval.approval_id)
    return approval


def recover_key(connection: Connection, order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Let the key of an approved proposal count from now on; the caller holds the order lock and saves the order.

    Raises:
        ConflictError: the key is no longer pending.
        NotFoundError: there is no such key any more.
    """
    key = credentials.key_by_id(connection, document["keyid"])
    if key is None:
        raise NotFoundError
    _check_pending(key)
    recover(connection, order, None, replace(key, state=KeyState.ACTIVE, changed_at=now, activated_at=now), now)


def _check_pending(key: PartnerKey) -> None:
    if key.state is not KeyState.PENDING:
        raise ConflictError("Only a pending key can be recovered: its partner registers a new one.")
