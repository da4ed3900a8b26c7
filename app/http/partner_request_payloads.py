"""Bodies of the routes about requests between partners. Kept by ``tests/http/test_partner_request_payloads.py``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump, validate

from app.domain.partner_request import BASIS, REFERENCE, DeclineReason, GrantWay, RequestKind, RequestOutcome, StatutoryClock
from app.domain.vocabulary import Purpose
from app.http.fields import Form, Moment, Word
from app.http.payloads import Strict
from app.services.requesting.answer import MOST_OBJECTS, NewAnswer
from app.services.requesting.ask_access import NewAccessRequest
from app.services.requesting.look_up import RequestRecord

_STIX_ID = Form("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "This is no STIX id.")
_CLOCK = Form("[a-z0-9-]{1,64}", "This is no clock's id.")
_REFERENCE = Form(REFERENCE, "A reference is a word of letters, digits and . _ / -")
_BASIS = Form(BASIS, "A basis is a word of letters, digits and : . _ / -")


class NewAccessRequestPayload(Strict):
    """Which offer is asked about, for which purpose of those that it considers, and on which legal basis, by a word."""

    offer_id = fields.String(required=True, validate=_STIX_ID)
    purpose = Word(Purpose, required=True)
    legal_basis = fields.String(required=True, validate=_BASIS)

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> NewAccessRequest:
        return NewAccessRequest(**given)


class NewRequestPayload(Strict):
    """Which of one's own objects is a request whose clock starts, and by which law's clock."""

    stix_id = fields.String(required=True, validate=_STIX_ID)
    clock = fields.String(load_default=None, allow_none=True, validate=_CLOCK)


class NewRequestAnswerPayload(Strict):
    """What was done: ``reference`` is a number of one's own, ``object_ids`` are one's own objects that say more.

    ``way`` says how access was granted, ``reason`` why it was declined.
    """

    outcome = Word(RequestOutcome, required=True)
    reference = fields.String(load_default=None, allow_none=True, validate=_REFERENCE)
    object_ids = fields.List(fields.String(validate=_STIX_ID), load_default=list, validate=validate.Length(max=MOST_OBJECTS))
    way = Word(GrantWay, load_default=None, allow_none=True)
    reason = Word(DeclineReason, load_default=None, allow_none=True)

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> NewAnswer:
        return NewAnswer(**given)


class RequestAnswerPayload(Schema):
    """An answer; ``log_index`` is its leaf's in the log, which both sides can have proved (``GET /log/entries/…``)."""

    outcome = Word(RequestOutcome, required=True)
    answered_at = Moment(required=True)
    reference = fields.String(required=True, allow_none=True)
    object_ids = fields.List(fields.String(), required=True)
    log_index = fields.Integer(required=True, allow_none=True)
    way = Word(GrantWay, required=True, allow_none=True)
    reason = Word(DeclineReason, required=True, allow_none=True)


class RequestPartyPayload(Schema):
    """Somebody whom the request names; ``served_at`` is when the ledger has it given the request first."""

    identity_id = fields.String(required=True)
    served_at = Moment(required=True, allow_none=True)
    answer = fields.Nested(RequestAnswerPayload, required=True, allow_none=True)


class PartnerRequestPayload(Schema):
    """A request. ``parties`` are told to who asks alone; ``answer`` is one's own, where one is asked.

    ``stix_id`` is the object that asks; of access the offer that is asked about, with ``purpose`` and ``legal_basis``.
    """

    id = fields.String(required=True)
    asker = fields.String(required=True)
    stix_id = fields.String(required=True)
    kind = Word(RequestKind, required=True)
    clock = fields.String(required=True, allow_none=True)
    asked_at = Moment(required=True)
    due_at = Moment(required=True, allow_none=True)
    lapses_at = Moment(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)
    purpose = Word(Purpose, required=True, allow_none=True)
    legal_basis = fields.String(required=True, allow_none=True)
    parties = fields.List(fields.Nested(RequestPartyPayload), required=True)
    answer = fields.Nested(RequestAnswerPayload, required=True, allow_none=True)

    @pre_dump
    def _flatten(self, record: RequestRecord, **_: Any) -> dict[str, Any]:
        request = record.request
        told = {"id": request.request_id, "clock": request.clock_id, "asker": record.asker, "answer": record.answer}
        return asdict(request) | told | {"parties": list(record.parties)}


class PartnerRequestsPayload(Schema):
    """Requests, newest first, 500 at most: those that one asked, and those that ask one and that one may see."""

    own = fields.List(fields.Nested(PartnerRequestPayload), required=True)
    asked = fields.List(fields.Nested(PartnerRequestPayload), required=True)


class ClockPayload(Schema):
    """A clock that a law sets: quoted, never decided by. Hours and days are null where the law names none."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    kind = Word(RequestKind, required=True)
    source = fields.String(required=True)
    answer_within_hours = fields.Integer(required=True, allow_none=True)
    lasts_days = fields.Integer(required=True, allow_none=True)
    renewal_days = fields.Integer(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, clock: StatutoryClock, **_: Any) -> dict[str, Any]:
        within, lasts, renewal = clock.answer_within, clock.lasts, clock.renewal
        return {
            "id": clock.clock_id,
            "title": clock.title,
            "kind": clock.kind,
            "source": clock.source,
            "answer_within_hours": None if within is None else int(within.total_seconds() // 3600),
            "lasts_days": None if lasts is None else lasts.days,
            "renewal_days": None if renewal is None else renewal.days,
        }


class ClocksPayload(Schema):
    """All clocks."""

    clocks = fields.List(fields.Nested(ClockPayload), required=True)


class HotlineQuery(Strict):
    """Whose hotline: an ISO 3166-1 alpha-2 code."""

    jurisdiction = fields.String(required=True, validate=Form("[A-Z]{2}", "This is no code of a country."))


class HotlinePayload(Schema):
    """A hotline that can be asked, by the identity to name as a recipient."""

    identity_id = fields.String(required=True)
    name = fields.String(required=True)
    jurisdiction = fields.String(required=True)


class HotlinesPayload(Schema):
    """Hotlines of the jurisdiction that was asked for, by name, and all jurisdictions that have one."""

    hotlines = fields.List(fields.Nested(HotlinePayload), required=True)
    jurisdictions = fields.List(fields.String(), required=True)
