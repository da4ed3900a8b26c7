"""Partners: enrolling them, changing their state, listing them. Operators only.

Owns the transaction and its event; a change of state starts a new policy epoch for that partner, so that every worker evaluates
anew. One operator shuts a partner out at once; letting it in again takes two (``reactivate`` is what the second one sets off).
Kept by ``tests/services/membership/test_enrol_partner.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import Code, ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner import Partner, Principal
from app.domain.permissions import Permission
from app.domain.stated_reason import Stop
from app.domain.vocabulary import PartnerState, Role
from app.services.answer_once import earlier_outcome
from app.services.approval.propose import Proposal, propose, proposed_before
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.exporting.define import end_definitions_of
from app.services.hold_order import take_order_for
from app.services.membership.plain_names import check_name
from app.services.membership.state_reason import Stopped, checked_reason, keep_reason
from app.storage import deconfliction, events, members, overlap, searches, submissions, viewpoints, webhooks
from app.storage.counter import Order
from app.storage.session import Connection
from app.storage.submissions import KeyUse

_STOPS: Mapping[PartnerState, Stop] = {PartnerState.SUSPENDED: Stop.PARTNER_SUSPENSION, PartnerState.ENDED: Stop.PARTNER_END}
_TWO_PERSONS = "Letting a suspended partner in again takes two persons: propose it (POST /partners/{id}/reactivation)."


@dataclass(frozen=True, slots=True)
class NewPartner:
    """A partner to be: name (unique), role, ISO 3166-1 alpha-2 jurisdiction, and its STIX identity id (None: one is made)."""

    name: str
    role: Role
    jurisdiction: str
    identity_id: str | None = None


def enrol_partner(exchange: Exchange, principal: Principal, new: NewPartner, use: KeyUse | None = None) -> Partner:
    """Enrol an organisation. It has no agreement yet, and so sees and submits nothing.

    Raises:
        ConflictError: its name or identity is taken.
        ForbiddenError: the caller is not an operator.
        MalformedInputError: its name holds what cannot be seen.
    """
    require(principal, Permission.PARTNERS_WRITE)
    check_name(new.name)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _existing(members.partner_by_id(connection, earlier))
        identity_id = new.identity_id or f"identity--{uuid.uuid4()}"
        taken = [one for one in members.partners(connection) if one.name == new.name or one.identity_id == identity_id]
        # Who signed as the exchange could call back what others published.
        if taken or identity_id == members.this_exchange(connection).identity_id:
            raise ConflictError("A partner of this name or identity is enrolled already.")
        partner = Partner(str(uuid.uuid4()), new.name, new.role, new.jurisdiction, identity_id, PartnerState.ACTIVE, now)
        members.add_partner(connection, partner)
        who = principal.credential.credential_id
        events.add_events(connection, [EventRecord(Event.PARTNER_ENROL, now, partner.partner_id, who)])
        if use is not None:
            submissions.add_key_use(connection, use, partner.partner_id, now)
    return partner


def change_state(
    exchange: Exchange, principal: Principal, partner_id: str, state: PartnerState, reason: str | None = None
) -> Partner:
    """Suspend or end a partner, effective for every request that starts after this; ``reason`` (unverified) is kept with it.

    Raises:
        ConflictError: an ended partner stays ended.
        ForbiddenError: ``approval-needed``: a suspended partner becomes active by a proposal that a second person approves.
        NotFoundError: there is no such partner.
    And for the reason as ``state_reason.checked_reason``.
    """
    said = checked_reason(exchange, principal, Permission.PARTNERS_WRITE, reason)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        partner = _existing(members.partner_by_id(connection, partner_id))
        if state is partner.state:
            return partner
        _check_not_ended(partner)
        if state is PartnerState.ACTIVE:
            raise ForbiddenError(_TWO_PERSONS, code=Code.APPROVAL_NEEDED)
        _set_state(connection, partner_id, state, now, principal.credential.credential_id)
        keep_reason(connection, principal, said, now, [Stopped(_STOPS[state], partner_id, partner_id)])
        return _existing(members.partner_by_id(connection, partner_id))


def propose_reactivation(
    exchange: Exchange, principal: Principal, partner_id: str, reason: str, use: KeyUse | None = None
) -> Approval:
    """Propose that a suspended partner be active again; a second operator approves it.

    Raises:
        ConflictError: the partner is not suspended, or this is proposed already.
        ForbiddenError: the caller is no operator, or no person.
        NotFoundError: there is no such partner.
    """
    require(principal, Permission.PARTNERS_WRITE)
    now = exchange.clock()
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return proposed_before(connection, earlier)
        _check_suspended(_existing(members.partner_by_id(connection, partner_id)))
        document = {"type": ApprovalKind.PARTNER_REACTIVATION.value, "partner": partner_id, "state": PartnerState.ACTIVE.value}
        proposal = Proposal(ApprovalKind.PARTNER_REACTIVATION, partner_id, partner_id, document, reason)
        approval = propose(connection, principal, proposal, now)
        if use is not None:
            submissions.add_key_use(connection, use, approval.approval_id, now)
    return approval


def reactivate(connection: Connection, _order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Let a suspended partner in again, as two persons agreed; raises ``ConflictError`` if it is not suspended any more."""
    _check_suspended(_existing(members.partner_by_id(connection, document["partner"])))
    _set_state(connection, document["partner"], PartnerState(document["state"]), now)


def _set_state(
    connection: Connection, partner_id: str, state: PartnerState, now: datetime, credential_id: str | None = None
) -> None:
    members.set_partner_state(connection, partner_id, state, now)
    viewpoints.start_epoch(connection, partner_id, f"partner-{state}", now)
    if state is PartnerState.ENDED:
        end_definitions_of(connection, partner_id, now)
        webhooks.remove_webhooks_of(connection, partner_id)  # nobody could any more
        searches.remove_searches_of(connection, partner_id)
        overlap.drop_of(connection, partner_id)
        deconfliction.end_all_of(connection, partner_id, now)
    record = EventRecord(Event.PARTNER_STATE_CHANGE, now, partner_id, credential_id, code=state)
    events.add_events(connection, [record])


def _check_not_ended(partner: Partner) -> None:
    if partner.state is PartnerState.ENDED:
        raise ConflictError("This partner has ended; enrol it anew.")


def _check_suspended(partner: Partner) -> None:
    _check_not_ended(partner)
    if partner.state is not PartnerState.SUSPENDED:
        raise ConflictError("This partner is not suspended.")


def list_partners(exchange: Exchange, principal: Principal) -> list[Partner]:
    """List all partners, for staff."""
    require(principal, Permission.PARTNERS_READ)
    with exchange.database.read() as connection:
        return members.partners(connection)


def get_partner(exchange: Exchange, principal: Principal, partner_id: str) -> Partner:
    """Give one partner, for staff; raises ``NotFoundError``."""
    require(principal, Permission.PARTNERS_READ)
    with exchange.database.read() as connection:
        return _existing(members.partner_by_id(connection, partner_id))


def _existing(partner: Partner | None) -> Partner:
    if partner is None:
        raise NotFoundError
    return partner
