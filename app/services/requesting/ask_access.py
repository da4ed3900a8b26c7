"""Asking for access to what an offer stands for: an ``access-offer`` is an object of whoever has it, seen by its own handling.

Owns who may ask and how often. What is not offered cannot be asked for, so that nothing here depends on what is hidden: an offer
that the asker does not see is answered as an absent one, after the question was counted. What is asked is a row with a purpose
and a word for the basis; nobody but asker and publisher is shown it. Kept by ``tests/services/requesting/test_ask_access.py``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner_request import OFFER_TYPE, PartnerRequest, RequestKind, may_ask_again, still_stands
from app.domain.permissions import Permission
from app.domain.vocabulary import Extent, Purpose
from app.policy.partner_requests import why_not_asked
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.limiting.ask import ask_access as count_question
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.services.requesting.start_clock import MOST_OPEN
from app.stix.exchange_types import exchange_type
from app.storage import contents, events, feed, members, partner_requests
from app.storage.feed import VisibleVersion
from app.storage.partner_requests import Party
from app.storage.session import Connection

_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class NewAccessRequest:
    """What is asked: which offer (any text), for which purpose, on which basis (a word)."""

    offer_id: str
    purpose: Purpose
    legal_basis: str


@dataclass(frozen=True, slots=True)
class _Offer:
    """An offer as the asker sees it."""

    version: VisibleVersion
    value: dict[str, Any]


def ask_access(exchange: Exchange, reader: Reader, new: NewAccessRequest) -> PartnerRequest:
    """Ask an offer's publisher for access; the same again, while it stands, changes nothing.

    Raises:
        ConflictError: it was asked already otherwise, or answered or taken back lately; several publishers state the id;
            or ``MOST_OPEN`` of the caller's are open.
        ExhaustedError: the partner has asked as often today as it may.
        ForbiddenError: the caller's role asks nobody.
        MalformedInputError: an offer of one's own, one that was revoked, or a purpose that it does not consider.
        NotFoundError: absent, hidden, or no offer.
    """
    require(reader.principal, Permission.REQUESTS_WRITE)
    forbidden = why_not_asked(reader.partner, RequestKind.ACCESS)
    if forbidden is not None:
        raise ForbiddenError(forbidden.sentence, code=forbidden.code)
    count_question(exchange, reader.principal, new.offer_id, new.purpose)
    offer = _checked(_visible_offers(exchange, reader, new.offer_id), reader, new)
    with exchange.database.write() as connection:
        take_order_for(exchange, connection, reader.principal)
        now = exchange.clock()
        known = partner_requests.request_of(connection, reader.partner.partner_id, new.offer_id)
        if known is not None:
            if _is_standing(connection, known, offer, now):
                return _the_same(known, new)
            partner_requests.drop_request(connection, known.request_id)
        if partner_requests.count_open(connection, reader.partner.partner_id) >= MOST_OPEN:
            raise ConflictError(f"{MOST_OPEN} requests of yours are open; close some first.")
        made = _made(reader, offer, new, now)
        partner_requests.add_request(connection, made, [_party(connection, made, offer)])
        who = reader.principal.credential.credential_id
        events.add_events(connection, [EventRecord(Event.REQUEST_START, now, made.owner_id, who, subject=made.request_id)])
    return made


def _visible_offers(exchange: Exchange, reader: Reader, offer_id: str) -> list[_Offer]:
    """Give the newest version of each publisher's offer under an id that the reader sees; to learn of them is a disclosure."""

    def read(look: Look) -> tuple[Sequence[VisibleVersion], list[_Offer]]:
        found = {one.owner_id: one for one in feed.versions_of(look.connection, look.viewpoint, offer_id, look.now)}
        held = contents.contents(look.connection, [one.version_id for one in found.values()], _MOST_BYTES)
        offers = [_Offer(one, json.loads(held[one.version_id].body)) for one in found.values()]
        return list(found.values()), offers

    return [one for one in disclosed(exchange, reader, read, Manner(extent=Extent.EXISTENCE)) if _is_offer(one.value)]


def _is_offer(value: dict[str, Any]) -> bool:
    return value["type"] == OFFER_TYPE and exchange_type(value) is not None


def _checked(offers: list[_Offer], reader: Reader, new: NewAccessRequest) -> _Offer:
    if not offers:
        raise NotFoundError
    if len(offers) > 1:
        raise ConflictError("Several publishers state this id, so that nobody knows who is asked.")
    [offer] = offers
    if offer.version.owner_id == reader.partner.partner_id:
        raise MalformedInputError("This is your own offer.", pointer="/offer_id")
    if offer.value.get("revoked"):
        raise MalformedInputError("This offer was revoked.", pointer="/offer_id")
    if new.purpose not in offer.value["considered_purposes"]:
        raise MalformedInputError("The offer does not consider this purpose.", pointer="/purpose")
    return offer


def _is_standing(connection: Connection, known: PartnerRequest, offer: _Offer, now: datetime) -> bool:
    """Say whether an earlier request stands; raises where it does not, and may not be asked anew."""
    [party] = partner_requests.parties_to(connection, [known.request_id])[known.request_id]
    is_answered = party.answer is not None
    if still_stands(known, is_answered=is_answered, now=now):
        return True
    if may_ask_again(known, offer.version.version_id, is_answered=is_answered, now=now):
        return False
    raise ConflictError("Access was asked already; ask anew after 30 days, or when there is a newer version of the offer.")


def _the_same(known: PartnerRequest, new: NewAccessRequest) -> PartnerRequest:
    if (known.purpose, known.legal_basis) != (new.purpose, new.legal_basis):
        raise ConflictError("Access was asked already, for another purpose or on another basis.")
    return known


def _made(reader: Reader, offer: _Offer, new: NewAccessRequest, now: datetime) -> PartnerRequest:
    return PartnerRequest(
        request_id=str(uuid.uuid4()),
        owner_id=reader.partner.partner_id,
        stix_id=new.offer_id,
        version_id=offer.version.version_id,
        kind=RequestKind.ACCESS,
        clock_id=None,
        is_to_all=False,
        asked_at=now,
        due_at=now + timedelta(days=offer.value["respond_within_days"]),
        lapses_at=None,
        purpose=new.purpose,
        legal_basis=new.legal_basis,
    )


def _party(connection: Connection, made: PartnerRequest, offer: _Offer) -> Party:
    publisher = members.partner_by_id(connection, offer.version.owner_id)
    if publisher is None:
        raise LookupError("an offer of no partner")
    return Party(made.request_id, publisher.identity_id, publisher.partner_id)
