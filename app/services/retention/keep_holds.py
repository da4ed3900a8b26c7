"""Legal holds: placed by one person, seen by whoever oversees, lifted by two.

Owns who may, and what a hold may be on; what it blocks is ``erase``'s and ``sweep``'s. They are placed and lifted under the order
lock, under which erasures ask. Kept by ``tests/services/retention/test_keep_holds.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.approval import Approval, ApprovalKind
from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.legal_hold import LegalHold
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.services.answer_once import earlier_outcome
from app.services.approval.propose import Proposal, propose, proposed_before
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.limiting.ask import observables_among
from app.services.list_pages import AN_INSTANT, ListAsked, Listing, ListPage, page_of, stretch_asked
from app.storage import events, holds, members, recalls, submissions
from app.storage.counter import Order
from app.storage.session import Connection
from app.storage.stretches import Found
from app.storage.submissions import KeyUse

TYPE = "hold-lifting"
MOST_COUNTED = 10_000
"""So far what a hold is on is counted."""


@dataclass(frozen=True, slots=True)
class NewHold:
    """What is to be held: one of an object's id, a partner's, a recall's (each may be anything); and the order's reference."""

    reference: str
    stix_id: str | None = None
    owner_id: str | None = None
    recall_id: str | None = None


def place_hold(exchange: Exchange, principal: Principal, new: NewHold, use: KeyUse | None = None) -> LegalHold:
    """Place a hold; from this commit on nothing that it is on is erased. What is erased already is gone.

    An object's id need not be there (yet): what comes under it is held, too.

    Raises:
        ForbiddenError: the caller places no holds.
        MalformedInputError: it names none or several things to hold, or a partner or recall that is not there.
    """
    require(principal, Permission.HOLDS_WRITE)
    if sum(one is not None for one in (new.stix_id, new.owner_id, new.recall_id)) != 1:
        raise MalformedInputError("A hold is on exactly one of an object, an owner and a recall.", pointer="")
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        now = exchange.clock()
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return _existing(connection, earlier)
        _check(connection, new)
        person_id = str(principal.credential.person_id)
        hold = LegalHold(
            str(uuid.uuid4()), new.stix_id, new.owner_id, new.recall_id, new.reference, placed_by=person_id, placed_at=now
        )
        holds.add_hold(connection, hold)
        record = EventRecord(Event.HOLD_PLACE, now, None, principal.credential.credential_id, subject=hold.hold_id)
        events.add_events(connection, [record])
        if use is not None:
            submissions.add_key_use(connection, use, hold.hold_id, now)
    return hold


def _check(connection: Connection, new: NewHold) -> None:
    if new.owner_id is not None and members.partner_by_id(connection, new.owner_id) is None:
        raise MalformedInputError("There is no such partner.", pointer="/owner")
    if new.recall_id is not None and recalls.find_recall(connection, None, new.recall_id) is None:
        raise MalformedInputError("There is no such recall.", pointer="/recall")


def _existing(connection: Connection, hold_id: str) -> LegalHold:
    hold = holds.hold_by_id(connection, hold_id)
    if hold is None:
        raise NotFoundError
    return hold


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A hold; of one that was lifted also who agreed to that (``hold.lifted_by`` proposed it)."""

    hold: LegalHold
    lifting_approved_by: str | None = None


def list_holds(exchange: Exchange, principal: Principal) -> list[HoldRecord]:
    """List all holds, those that were lifted as well, oldest first.

    Raises:
        ForbiddenError: the caller does not see holds.
    """
    require(principal, Permission.HOLDS_READ)
    with exchange.database.read() as connection:
        approvers = holds.lifting_approvers(connection)
        return [HoldRecord(one, approvers.get(one.hold_id)) for one in holds.holds(connection)]


def page_of_holds(exchange: Exchange, principal: Principal, asked: ListAsked) -> ListPage[HoldRecord]:
    """Give a page of the same. Raises as ``list_holds``, and ``MalformedInputError`` (``cursor-invalid``)."""
    require(principal, Permission.HOLDS_READ)
    listing: Listing[HoldRecord] = Listing(("holds",), lambda one: holds.place_of(one.hold), AN_INSTANT)
    with exchange.database.read() as connection:
        found = holds.holds_listed(connection, stretch_asked(exchange, listing, asked))
        approvers = holds.lifting_approvers(connection)
    records = [HoldRecord(one, approvers.get(one.hold_id)) for one in found.rows]
    return page_of(exchange, listing, asked, Found(records, found.before, found.count))


def count_held(exchange: Exchange, principal: Principal, hold: LegalHold) -> int | None:
    """Count the stored versions that a hold is on, up to ``MOST_COUNTED``; None for one observable.

    How many state an observable would tell whether it is listed, which is a question of its own.

    Raises:
        ForbiddenError: the caller does not see holds.
    """
    require(principal, Permission.HOLDS_READ)
    if hold.lifted_at is not None or (hold.stix_id is not None and observables_among([hold.stix_id])):
        return None
    with exchange.database.read() as connection:
        return holds.held_by(connection, hold, MOST_COUNTED)


def propose_lifting(exchange: Exchange, principal: Principal, hold_id: str, reason: str, use: KeyUse | None = None) -> Approval:
    """Propose that a hold be lifted, as an operator or a person of data protection; another one approves.

    Raises:
        ConflictError: it is lifted, or this is proposed already.
        ForbiddenError: the caller is no operator in person.
        MalformedInputError: no reason, or one that is too long.
        NotFoundError: there is no such hold.
    """
    require(principal, Permission.HOLDS_WRITE)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        now = exchange.clock()
        earlier = earlier_outcome(connection, use)
        if earlier is not None:
            return proposed_before(connection, earlier)
        _standing(connection, hold_id)
        document = {"type": TYPE, "hold": hold_id, "lifted_by": str(principal.credential.person_id)}
        approval = propose(connection, principal, Proposal(ApprovalKind.HOLD_LIFTING, hold_id, None, document, reason), now)
        if use is not None:
            submissions.add_key_use(connection, use, approval.approval_id, now)
    return approval


def lift_hold(connection: Connection, order: Order, document: Mapping[str, Any], now: datetime) -> None:
    """Lift the hold of an approved proposal; the caller holds the order lock.

    Raises:
        ConflictError: it is lifted already.
        NotFoundError: there is no such hold any more.
    """
    del order
    hold = _standing(connection, document["hold"])
    holds.end_hold(connection, replace(hold, lifted_by=document["lifted_by"], lifted_at=now))
    events.add_events(connection, [EventRecord(Event.HOLD_LIFT, now, subject=hold.hold_id)])


def _standing(connection: Connection, hold_id: str) -> LegalHold:
    hold = _existing(connection, hold_id)
    if hold.lifted_at is not None:
        raise ConflictError("This hold is lifted already.")
    return hold
