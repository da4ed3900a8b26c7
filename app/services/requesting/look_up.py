"""Requests as those who ask and those who are asked see them.

Owns both views. Whoever asks sees whom the request names, when the ledger says that each was given it (the proof of service),
and what each answered; that somebody named is no member looks like that somebody has not read it. Whoever is asked sees a request
only while it sees the object, as of any object, and its own answer alone. Requests for access are about an offer of whoever is
asked, so that to be given one is the service, which is kept with it. Kept by ``tests/services/requesting/test_look_up.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.partner import Partner, Principal
from app.domain.partner_request import Answer, PartnerRequest
from app.domain.permissions import Permission
from app.domain.vocabulary import Extent
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Manner
from app.services.reading.visible_set import Look
from app.storage import ledger_search, members, partner_requests
from app.storage.ledger_search import Numbers, Sought
from app.storage.partner_requests import Asked, Party
from app.storage.session import Connection

MOST = 500
"""So many requests are listed at most, the newest; of those that ask one, so many for access beside the others."""
_AT_ONCE = 1_000
_NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """Somebody who was asked: ``served_at`` is when the ledger has it given the request first, None: not yet."""

    identity_id: str
    served_at: datetime | None
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request; ``asker`` is the identity whose it is, ``parties`` are for the asker alone, ``answer`` is the caller's own."""

    request: PartnerRequest
    asker: str
    parties: Sequence[PartyRecord] = field(default=())
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    version_id: int
    class_id: int


def list_own(exchange: Exchange, principal: Principal, most: int | None = None) -> list[RequestRecord]:
    """List the caller's own requests, the newest ``most`` (None: ``MOST``), newest first, with what became of each.

    Raises:
        ForbiddenError: not a partner, or without the right.
    """
    require(principal, Permission.REQUESTS_READ)
    if principal.partner is None:
        raise ForbiddenError("Only partners ask each other.")
    with exchange.database.read() as connection:
        own = partner_requests.requests_of(connection, principal.partner.partner_id, most or MOST)
        return _told(connection, principal.partner, own)


def get_own(exchange: Exchange, principal: Principal, request_id: str) -> RequestRecord:
    """Give one of the caller's own requests.

    Raises:
        NotFoundError: none of the caller's own.
    """
    require(principal, Permission.REQUESTS_READ)
    with exchange.database.read() as connection:
        request = partner_requests.request_by_id(connection, request_id)
        if request is None or principal.partner is None or request.owner_id != principal.partner.partner_id:
            raise NotFoundError
        return _told(connection, principal.partner, [request])[0]


def _told(connection: Connection, owner: Partner, own: Sequence[PartnerRequest]) -> list[RequestRecord]:
    parties = partner_requests.parties_to(connection, [one.request_id for one in own])
    told = []
    for one in own:
        versions = ledger_search.versions_under(connection, one.stix_id, one.owner_id)
        records = []
        for party in parties[one.request_id]:
            served_at = party.served_at or _served_at(connection, one.owner_id, party.partner_id, versions)
            records.append(PartyRecord(party.identity_id, served_at, party.answer))
        told.append(RequestRecord(one, owner.identity_id, records))
    return told


def list_asked(exchange: Exchange, reader: Reader) -> list[RequestRecord]:
    """List the open requests of others that ask the reader and whose object it sees, or for access, newest first.

    To know that they are there is a disclosure of their objects' ids, with its row in the ledger.
    """
    found = [*_asked(exchange, reader, None), *_asked_for_access(exchange, reader, None)]
    return sorted(found, key=lambda one: one.request.asked_at, reverse=True)


def _asked_for_access(exchange: Exchange, reader: Reader, request_id: str | None) -> list[RequestRecord]:
    """Give what asks the reader for access, under no handling: its offers are its own; and keep that it was given that."""
    partner_id = reader.partner.partner_id
    with exchange.database.read() as connection:
        asked = partner_requests.access_asked_of(connection, partner_id, MOST, request_id)
        parties = partner_requests.parties_to(connection, [one.request_id for one in asked])
        askers = _identities(connection)
        records = [
            RequestRecord(one, askers[one.owner_id], answer=_own_answer(parties[one.request_id], partner_id)) for one in asked
        ]
    unserved = [one for one, these in parties.items() if any(party.served_at is None for party in these)]
    if unserved and not reader.is_head:
        with exchange.database.write(while_read_only=True) as connection:
            partner_requests.keep_served(connection, partner_id, unserved, exchange.clock())
    return records


def _asked(exchange: Exchange, reader: Reader, request_id: str | None) -> list[RequestRecord]:
    require(reader.principal, Permission.REQUESTS_READ)

    def read(look: Look) -> tuple[Sequence[_Seen], list[RequestRecord]]:
        connection, partner_id = look.connection, reader.partner.partner_id
        shown = partner_requests.asked_of(connection, Asked(look.viewpoint, look.now, MOST, request_id))
        parties = partner_requests.parties_to(connection, [one.request_id for one in shown])
        classes = ledger_search.classes_of_versions(connection, {one.version_id for one in shown})
        askers = _identities(connection)
        records = [
            RequestRecord(one, askers[one.owner_id], answer=_own_answer(parties[one.request_id], partner_id)) for one in shown
        ]
        return [_Seen(one, classes[one]) for one in sorted(classes)], records

    return disclosed(exchange, reader, read, Manner(extent=Extent.IDS))


def get_asked(exchange: Exchange, reader: Reader, request_id: str) -> RequestRecord:
    """Give one of the requests that ``list_asked`` gives.

    Raises:
        NotFoundError: absent, closed, or hidden from the reader.
    """
    found = _asked(exchange, reader, request_id) or _asked_for_access(exchange, reader, request_id)
    if not found:
        raise NotFoundError
    return found[0]


def _identities(connection: Connection) -> dict[str, str]:
    """Give the identities of all partners, by their ids."""
    return {one.partner_id: one.identity_id for one in members.partners(connection)}


def _own_answer(parties: Sequence[Party], partner_id: str) -> Answer | None:
    return next((one.answer for one in parties if one.partner_id == partner_id), None)


def _served_at(connection: Connection, owner_id: str, partner_id: str | None, version_ids: set[int]) -> datetime | None:
    """Give when a party was given the content of one of these versions first, by the ledger, however much it read before."""
    if partner_id is None or not version_ids:
        return None
    sought = Sought(owner_id=owner_id, partner_id=partner_id, version_ids=version_ids, with_content=True)
    after = 0
    while rows := ledger_search.rows_sought(connection, sought, Numbers(after, _NEWEST, _AT_ONCE)):
        given = [row.disclosure.disclosed_at for row in rows if not version_ids.isdisjoint(row.disclosure.version_ids)]
        if given:
            return min(given)
        after = rows[-1].number
    return None
