"""``/requests``: clocks of requests between partners, and answers. Kept by ``tests/http/test_partner_requests.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.domain.vocabulary import Channel
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.partner_request_payloads import (
    ClocksPayload,
    HotlineQuery,
    HotlinesPayload,
    NewAccessRequestPayload,
    NewRequestAnswerPayload,
    NewRequestPayload,
    PartnerRequestPayload,
    PartnerRequestsPayload,
)
from app.http.payloads import NothingPayload
from app.http.purpose import PURPOSE
from app.services.reading.readers import Reader, reader
from app.services.requesting import look_up
from app.services.requesting.answer import NewAnswer, answer_request
from app.services.requesting.ask_access import NewAccessRequest
from app.services.requesting.ask_access import ask_access as ask
from app.services.requesting.clocks import clocks
from app.services.requesting.competent_hotlines import Competent, competent_hotlines
from app.services.requesting.look_up import RequestRecord
from app.services.requesting.start_clock import close_request, start_clock
from app.web.context import exchange, is_head, principal
from app.web.purpose import stated_purpose

blueprint = ApiBlueprint("requests", "Requests between partners (access, information, preservation): their clocks, and answers.")


def _reader() -> Reader:
    return reader(principal(), stated_purpose(), Channel.REST, is_head=is_head())


@blueprint.get("/clocks", Permission.REQUESTS_READ)
@blueprint.answers(HTTPStatus.OK, ClocksPayload)
def find_clocks() -> dict[str, Any]:
    """List the clocks that laws set, as data with their sources."""
    return {"clocks": list(clocks().values())}


@blueprint.get("/hotlines", Permission.REQUESTS_READ)
@blueprint.query(HotlineQuery)
@blueprint.answers(HTTPStatus.OK, HotlinesPayload)
def find_hotlines(query: dict[str, Any]) -> Competent:
    """List the competent hotlines of a jurisdiction that are listed members, and all jurisdictions that have such."""
    return competent_hotlines(exchange(), principal(), query["jurisdiction"])


@blueprint.get("/requests", Permission.REQUESTS_READ, headers=(PURPOSE,))
@blueprint.answers(HTTPStatus.OK, PartnerRequestsPayload)
def find_all() -> dict[str, Any]:
    """List one's own requests, and the open ones of others that ask one and that one may see."""
    return {"own": look_up.list_own(exchange(), principal()), "asked": look_up.list_asked(exchange(), _reader())}


@blueprint.post("/requests", Permission.REQUESTS_WRITE, also=(404,))
@blueprint.body(NewRequestPayload)
@blueprint.answers(HTTPStatus.CREATED, PartnerRequestPayload)
def start(given: dict[str, Any]) -> tuple[RequestRecord, int, dict[str, str]]:
    """Start the clock of a request that is one's own object here, or renew it by its newest version; again changes nothing."""
    made = start_clock(exchange(), principal(), given["stix_id"], given["clock"])
    told = look_up.get_own(exchange(), principal(), made.request_id)
    return told, HTTPStatus.CREATED, {"Location": f"{PREFIX}/requests/{made.request_id}"}


@blueprint.post("/access-requests", Permission.REQUESTS_WRITE, also=(404, 429))
@blueprint.body(NewAccessRequestPayload)
@blueprint.answers(HTTPStatus.CREATED, PartnerRequestPayload)
def ask_access(given: NewAccessRequest) -> tuple[RequestRecord, int, dict[str, str]]:
    """Ask an offer's publisher for access; a hidden offer is an absent one. Each is a question of the day."""
    made = ask(exchange(), _reader(), given)
    told = look_up.get_own(exchange(), principal(), made.request_id)
    return told, HTTPStatus.CREATED, {"Location": f"{PREFIX}/requests/{made.request_id}"}


@blueprint.get("/requests/<partner_request_id>", Permission.REQUESTS_READ)
@blueprint.answers(HTTPStatus.OK, PartnerRequestPayload)
def find_one(partner_request_id: str) -> RequestRecord:
    """Give one of one's own requests: when each of those who are asked was given it, and what they answered."""
    return look_up.get_own(exchange(), principal(), partner_request_id)


@blueprint.post("/requests/<partner_request_id>/answer", Permission.REQUESTS_WRITE)
@blueprint.body(NewRequestAnswerPayload)
@blueprint.answers(HTTPStatus.OK, PartnerRequestPayload)
def answer(given: NewAnswer, partner_request_id: str) -> RequestRecord:
    """Answer a request that asks one, in place of an earlier answer; the log commits to each."""
    return answer_request(exchange(), _reader(), partner_request_id, given)


@blueprint.post("/requests/<partner_request_id>/closing", Permission.REQUESTS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, PartnerRequestPayload)
def close(_nothing: dict[str, Any], partner_request_id: str) -> RequestRecord:
    """Stop the clock of one's own request; again is no error."""
    closed = close_request(exchange(), principal(), partner_request_id)
    return look_up.get_own(exchange(), principal(), closed.request_id)
