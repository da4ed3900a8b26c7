"""What a partner registers that it holds, within a sharing group, and whether others there hold the same.

Owns that nobody learns more than the group's members agreed to by registering: that somebody else of the group holds it, and the
contact that this holder chose to name. Who is no member, does not count, or registered elsewhere is as absent. Kept by
``tests/services/overlapping/test_hold.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.errors import Code, ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.overlap import Holding, HoldingCount
from app.domain.paging import Contact
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.usage import QuestionKind
from app.domain.vocabulary import Purpose
from app.policy.overlap import why_no_overlap
from app.services.answer_once import earlier_outcome
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.limiting.ask import ask_overlap
from app.services.overlapping.standing import addresses, asker_of, check, check_contact, check_until, counting
from app.services.overlapping.tokens import check_epoch, digests_of
from app.storage import events, overlap, sharing, submissions
from app.storage.session import Connection
from app.storage.sharing import Membership
from app.storage.submissions import KeyUse

MOST_HOLDINGS = 200_000


@dataclass(frozen=True, slots=True)
class NewHoldings:
    """Tokens (unverified) to be registered in a group until then; ``contact_id`` is whom a match is told, None: nobody."""

    group_id: str
    epoch: str
    tokens: Sequence[str] = field(repr=False)
    until: datetime
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Tokens (unverified) of what one holds oneself, and the group in which it is asked who else does."""

    group_id: str
    epoch: str
    tokens: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Whether somebody else of the group holds the same, and the contacts that holders chose to name; never who or how many."""

    is_held: bool
    contacts: tuple[str, ...] = field(default=(), repr=False)


def register(
    exchange: Exchange, principal: Principal, new: NewHoldings, purpose: Purpose | None, use: KeyUse | None = None
) -> list[HoldingCount]:
    """Register that one holds what these tokens stand for; again sets end and contact anew. Gives what one has registered.

    Raises:
        ConflictError: the epoch has ended, or there are ``MOST_HOLDINGS`` already.
        ForbiddenError: policy does not let, or the caller may not write in the group.
        MalformedInputError: a token that is none, another's contact, or an end that is past or too far away.
        NotFoundError: the caller is in no such group.
    """
    asker = asker_of(principal, Permission.OVERLAP_ASK, purpose)
    partner, now = asker.partner, exchange.clock()
    check_epoch(exchange, new.epoch)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        check(connection, asker, why_no_overlap, now)
        if not _membership(connection, partner.partner_id, new.group_id).member.can_write:
            raise ForbiddenError("You may not write in this group.", code=Code.GROUP_NOT_WRITABLE)
        digests = digests_of(new.tokens, new.group_id)
        check_until(new.until, now)
        if new.contact_id is not None:
            check_contact(connection, partner, new.contact_id)
        if earlier_outcome(connection, use) is None:
            terms = (new.contact_id, new.until, now)
            overlap.put_holdings(
                connection, [Holding(partner.partner_id, new.group_id, new.epoch, one, *terms) for one in digests]
            )
            if overlap.count_holdings(connection, partner.partner_id) > MOST_HOLDINGS:
                raise ConflictError(f"A partner registers {MOST_HOLDINGS} tokens at most; remove some first.")
            _note(connection, Event.OVERLAP_REGISTER, principal, new.group_id, now)
            _keep_use(connection, use, new.group_id, now)
        return overlap.holding_counts(connection, partner.partner_id)


def list_registered(exchange: Exchange, principal: Principal) -> list[HoldingCount]:
    """Give how many tokens the caller's own organisation has registered where; raises ``ForbiddenError`` without the right."""
    require(principal, Permission.OVERLAP_ASK)
    if principal.partner is None:
        raise ForbiddenError("Only partners register tokens.")
    with exchange.database.read() as connection:
        return overlap.holding_counts(connection, principal.partner.partner_id)


def remove(
    exchange: Exchange, principal: Principal, group_id: str, tokens: Sequence[str] | None, use: KeyUse | None = None
) -> list[HoldingCount]:
    """Erase what one registered in a group under these tokens (None: all of it); also in one that one has left.

    Gives what one has registered still. What was not registered is no error. Raises as ``list_registered``, and
    ``MalformedInputError`` for what is no token.
    """
    require(principal, Permission.OVERLAP_ASK)
    if principal.partner is None:
        raise ForbiddenError("Only partners register tokens.")
    partner_id, now = principal.partner.partner_id, exchange.clock()
    digests = None if tokens is None else digests_of(tokens, group_id)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, principal)
        if earlier_outcome(connection, use) is None:
            if overlap.remove_holdings(connection, partner_id, group_id, digests):
                _note(connection, Event.OVERLAP_REMOVE, principal, group_id, now)
            _keep_use(connection, use, group_id, now)
        return overlap.holding_counts(connection, partner_id)


def who_else(exchange: Exchange, principal: Principal, asked: Asked, purpose: Purpose | None) -> list[Overlap]:
    """Say of each token, in order, whether another member of the group holds the same.

    The question is kept and counted before it is looked into, whatever the answer.

    Raises:
        ConflictError: the epoch has ended.
        ExhaustedError: these are more than may still be asked today; nothing is looked up.
        ForbiddenError, MalformedInputError: as ``register``.
        NotFoundError: the caller reads no such group.
    """
    asker = asker_of(principal, Permission.OVERLAP_ASK, purpose)
    partner_id, now = asker.partner.partner_id, exchange.clock()
    with exchange.database.read() as connection:
        check(connection, asker, why_no_overlap, now)
        if not _membership(connection, partner_id, asked.group_id).member.can_read:
            raise NotFoundError
    check_epoch(exchange, asked.epoch)
    digests = digests_of(asked.tokens, asked.group_id)
    ask_overlap(exchange, principal, QuestionKind.OVERLAP, asked.tokens, asker.purpose)
    with exchange.database.read() as connection:
        others = {one.partner_id for one in sharing.members(connection, asked.group_id) if one.can_write} - {partner_id}
        counted = counting(connection, others, now)
        named = addresses(connection)
        found = overlap.held_by_others(connection, asked.group_id, digests, counted, now)
    return [Overlap(bool(found.get(one)), _chosen(named, found.get(one, ()))) for one in digests]


def _chosen(named: Mapping[str, Contact], held: Iterable[Holding]) -> tuple[str, ...]:
    """Give the addresses of the contacts that holders named, in an order that says nothing of them."""
    return tuple(sorted({named[one.contact_id].email for one in held if one.contact_id is not None and one.contact_id in named}))


def _membership(connection: Connection, partner_id: str, group_id: str) -> Membership:
    found = sharing.membership(connection, partner_id, group_id)
    if found is None:
        raise NotFoundError
    return found


def _note(connection: Connection, event: Event, principal: Principal, group_id: str, now: datetime) -> None:
    partner_id = principal.partner.partner_id if principal.partner else None
    record = EventRecord(event, now, partner_id, principal.credential.credential_id, subject=group_id)
    events.add_events(connection, [record])


def _keep_use(connection: Connection, use: KeyUse | None, reference: str, now: datetime) -> None:
    if use is not None:
        submissions.add_key_use(connection, use, reference, now)
