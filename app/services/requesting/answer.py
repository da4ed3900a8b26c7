"""Answering a request: what was done, a number, and ids of objects that say more; never content.

Owns who may and how; each answer is a leaf of the log that both sides can have proved. Kept by
``tests/services/requesting/test_answer.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.partner_request import Answer, DeclineReason, GrantWay, PartnerRequest, RequestOutcome, why_unfit
from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.hold_order import take_order_for
from app.services.proving.record import Recorded, record_in_log
from app.services.reading.readers import Reader
from app.services.requesting.look_up import RequestRecord, get_asked
from app.storage import events, objects, partner_requests
from app.storage.counter import Order, save_order
from app.storage.partner_requests import Party
from app.storage.session import Connection
from breakwater_client.trust.log_leaf import LeafKind

TYPE = "request-answer"
MOST_OBJECTS = 50


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer as it comes: ``object_ids`` are ids of the caller's own objects (unverified)."""

    outcome: RequestOutcome
    reference: str | None = None
    object_ids: Sequence[str] = ()
    way: GrantWay | None = None
    reason: DeclineReason | None = None

    def given(self, now: datetime) -> Answer:
        """Give the answer as of now."""
        named = tuple(sorted(self.object_ids))
        return Answer(self.outcome, now, self.reference, named, way=self.way, reason=self.reason)


def answer_request(exchange: Exchange, reader: Reader, request_id: str, new: NewAnswer) -> RequestRecord:
    """Keep the reader's answer, in place of its last one; the same again changes nothing.

    Raises:
        ConflictError: the request was closed meanwhile.
        MalformedInputError: no answer to this kind of request, or an object that the caller does not state.
        NotFoundError: absent, closed, or hidden from the reader, who must see it to answer.
    """
    require(reader.principal, Permission.REQUESTS_WRITE)
    seen = get_asked(exchange, reader, request_id)
    unfit = why_unfit(seen.request.kind, new.given(exchange.clock()))
    if unfit is not None:
        raise MalformedInputError(unfit.sentence, pointer=f"/{unfit.member}")
    with exchange.database.write() as connection:
        order = take_order_for(exchange, connection, reader.principal)
        now = exchange.clock()
        request = partner_requests.request_by_id(connection, request_id)
        if request is None:
            raise NotFoundError
        if not request.is_open:
            raise ConflictError("This request was closed.")
        _check_objects(connection, reader, new, now)
        party = _party(connection, request, reader)
        answer = new.given(now)
        known = party.answer
        if known is not None and replace(known, answered_at=now, log_index=None) == answer:
            return replace(seen, answer=known)
        answer = _recorded(connection, order, request, reader, answer)
        partner_requests.keep_answer(connection, party, answer)
        save_order(connection, order)
    return replace(seen, answer=answer)


def _check_objects(connection: Connection, reader: Reader, new: NewAnswer, now: datetime) -> None:
    own = objects.own_versions(connection, reader.partner.partner_id, list(new.object_ids))
    stated = {one.stix_id for one in own if one.visible_until > now}
    for place, one in enumerate(new.object_ids):
        if one not in stated:
            raise MalformedInputError("You state no such object.", pointer=f"/object_ids/{place}")


def _party(connection: Connection, request: PartnerRequest, reader: Reader) -> Party:
    partner = reader.partner
    parties = partner_requests.parties_to(connection, [request.request_id])[request.request_id]
    known = next((one for one in parties if one.partner_id == partner.partner_id), None)
    if known is None:  # it names nobody, so that whoever sees it may answer
        known = Party(request.request_id, partner.identity_id, partner.partner_id)
        partner_requests.add_parties(connection, [known])
    return known


def _recorded(connection: Connection, order: Order, request: PartnerRequest, reader: Reader, answer: Answer) -> Answer:
    """Let the log commit to an answer, and give it with the index of its leaf."""
    document = {
        "type": TYPE,
        "answer": str(uuid.uuid4()),
        "request": request.request_id,
        "partner": reader.partner.partner_id,
        "asker": request.owner_id,
        "outcome": answer.outcome.value,
    }
    record = EventRecord(
        Event.REQUEST_ANSWER,
        answer.answered_at,
        reader.partner.partner_id,
        reader.principal.credential.credential_id,
        subject=request.request_id,
    )
    events.add_events(connection, [record])
    recorded = Recorded(LeafKind.REQUEST_ANSWER, document["answer"], document)
    return replace(answer, log_index=record_in_log(connection, order, recorded, answer.answered_at))
