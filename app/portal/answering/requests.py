"""Requests between partners: those that ask one's organisation, with the time that is left, and its own; answering and closing.

Kept by ``tests/portal/answering/test_requests.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.domain.partner_request import OUTCOMES, DeclineReason, GrantWay, RequestOutcome
from app.domain.permissions import Permission
from app.portal.answering.beside import beside, may
from app.portal.answering.names import names
from app.portal.answering.request_answers import FIELDS, read_answer, where
from app.portal.answering.shown_requests import object_of, shown_request
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.plain_words import choices, offered, pairs
from app.portal.reading import own_reader
from app.services.requesting.answer import answer_request
from app.services.requesting.look_up import get_asked, get_own, list_asked, list_own
from app.services.requesting.start_clock import close_request
from app.web.context import exchange, principal

MOST_OWN = 50
blueprint = PortalBlueprint("answering_requests", section="answering.show")


@blueprint.page("/answer/requests", Permission.REQUESTS_READ)
def show() -> Response:
    """Show who asks us, the first that is due first, and whom we asked."""
    now, known = exchange().clock(), names()
    asked = [shown_request(one, known, now) for one in list_asked(exchange(), own_reader())]
    asked.sort(key=lambda one: (one.answer is not None, one.left is None, one.record.request.due_at or now))
    own = [shown_request(one, known, now) for one in list_own(exchange(), principal(), MOST_OWN)]
    may_ask = may(Permission.REQUESTS_WRITE)
    return page("answering/requests.html", beside=beside(), asked=asked, own=own, most_own=MOST_OWN, may_ask=may_ask)


@blueprint.page("/answer/requests/<request_id>", Permission.REQUESTS_READ)
def show_one(request_id: str) -> Response:
    """Show one request: one's own with what became of it, another's with the form to answer it."""
    return _shown(request_id)


@blueprint.form(
    "/answer/requests/<request_id>/answer",
    Permission.REQUESTS_WRITE,
    fresh_at="answering_requests.show_one",
    does="Answer a request",
)
def answer(request_id: str) -> Response:
    """Answer a request."""
    given = fields(*FIELDS)
    try:
        answer_request(exchange(), own_reader(), request_id, read_answer(given))
    except (ConflictError, MalformedInputError) as exc:
        return _shown(request_id, given, (where(exc.pointer), exc.sentence))
    return go_to("answering_requests.show_one", request_id=request_id)


@blueprint.form(
    "/answer/requests/<request_id>/closing",
    Permission.REQUESTS_WRITE,
    fresh_at="answering_requests.show_one",
    does="Close a request",
)
def close(request_id: str) -> Response:
    """Stop the clock of one's own request."""
    fields()
    close_request(exchange(), principal(), request_id)
    return go_to("answering_requests.show_one", request_id=request_id)


def _shown(request_id: str, given: dict[str, str] | None = None, fault: tuple[str, str] | None = None) -> Response:
    reader, now = own_reader(), exchange().clock()
    try:
        record, is_own = get_own(exchange(), principal(), request_id), True
    except NotFoundError:
        record, is_own = get_asked(exchange(), reader, request_id), False
    outcomes = choices(one for one in offered(RequestOutcome) if one in OUTCOMES[record.request.kind])
    told = {
        "outcomes": outcomes,
        "ways": pairs(offered(GrantWay)),
        "declines": pairs(offered(DeclineReason)),
        "may_answer": may(Permission.REQUESTS_WRITE),
    }
    return page(
        "answering/request.html",
        HTTPStatus.OK if fault is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        beside=beside(),
        shown=shown_request(record, names(), now),
        value=object_of(reader, record),
        is_own=is_own,
        given=given or dict.fromkeys(FIELDS, ""),
        fault=fault,
        **told,
    )
