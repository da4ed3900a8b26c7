"""Asking others: starting the clock of a request of one's own that is stored here, and asking for access to what is offered.

Kept by ``tests/portal/answering/test_asking.py``.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.partner_request import BASIS, OFFER_TYPE, RequestKind
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose
from app.portal.answering.beside import beside
from app.portal.answering.request_answers import word_in
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.plain_words import called, pairs
from app.portal.reading import own_reader
from app.portal.refusing import plain_sentence
from app.portal.words import gettext
from app.services.reading.pull import Filters, pull_object
from app.services.requesting.ask_access import NewAccessRequest, ask_access
from app.services.requesting.clocks import clocks
from app.services.requesting.start_clock import start_clock
from app.services.searching.search import SearchRequest, search
from app.web.context import exchange, principal

_SHOWN = 20
_TYPES = frozenset({RequestKind.INFORMATION.value, RequestKind.PRESERVATION.value})
_BASIS = re.compile(BASIS, re.ASCII)
blueprint = PortalBlueprint("answering_asking", section="answering.show")


@blueprint.page("/answer/requests/start", Permission.REQUESTS_WRITE)
def show() -> Response:
    """Show one's own objects that ask, and the clocks that laws set."""
    return _shown()


@blueprint.form(
    "/answer/requests/start", Permission.REQUESTS_WRITE, fresh_at="answering_asking.show", does="Ask another organisation"
)
def start() -> Response:
    """Start the clock of one's own request."""
    given = fields("stix_id", "clock")
    try:
        made = start_clock(exchange(), principal(), given["stix_id"], given["clock"] or None)
    except NotFoundError:
        return _shown(given, MalformedInputError(gettext("Choose one of your requests."), pointer="/stix_id"))
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _shown(given, exc)
    return go_to("answering_requests.show_one", request_id=made.request_id)


@blueprint.page("/objects/<stix_id>/access", Permission.REQUESTS_WRITE)
def offer(stix_id: str) -> Response:
    """Show what an offer stands for, and how to ask for it."""
    return _offered(stix_id)


@blueprint.form(
    "/objects/<stix_id>/access", Permission.REQUESTS_WRITE, fresh_at="answering_asking.offer", does="Ask for access to an object"
)
def ask(stix_id: str) -> Response:
    """Ask an offer's publisher for access."""
    given = fields("purpose", "legal_basis")
    try:
        made = ask_access(exchange(), own_reader(), _asked(stix_id, given))
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _offered(stix_id, given, exc)
    return go_to("answering_requests.show_one", request_id=made.request_id)


def _asked(stix_id: str, given: dict[str, str]) -> NewAccessRequest:
    purpose = word_in(Purpose, given["purpose"], "purpose")
    if purpose is None:
        raise MalformedInputError(gettext("Say for which purpose."), pointer="/purpose")
    if not _BASIS.fullmatch(given["legal_basis"].strip()):
        sentence = gettext("The legal basis is one word: up to 64 letters, digits and : . _ / -, without spaces.")
        raise MalformedInputError(sentence, pointer="/legal_basis")
    return NewAccessRequest(stix_id, purpose, given["legal_basis"].strip())


def _shown(given: dict[str, str] | None = None, failed: BreakwaterError | None = None) -> Response:
    filters = Filters(types=_TYPES, owner_ids=frozenset({own_reader().partner.partner_id}))
    found = search(exchange(), own_reader(), SearchRequest(None, filters, limit=_SHOWN))
    own = [json.loads(one) for one in found.objects]
    told = {"requests": [(one["id"], called(RequestKind(one["type"])), one.get("question", one["id"])) for one in own]}
    known = sorted(clocks().values(), key=lambda one: (one.kind, one.title))
    return page(
        "answering/start.html",
        _status(failed),
        beside=beside(),
        clocks=[(one.clock_id, f"{called(one.kind)}: {one.title} ({one.source})") for one in known],
        given=given or {"stix_id": "", "clock": ""},
        fault=_fault(failed),
        **told,
    )


def _offered(stix_id: str, given: dict[str, str] | None = None, failed: BreakwaterError | None = None) -> Response:
    values = [json.loads(one) for one in pull_object(exchange(), own_reader(), stix_id).objects]
    offers: list[dict[str, Any]] = [one for one in values if one["type"] == OFFER_TYPE]
    if not offers:
        raise NotFoundError
    purposes = pairs(Purpose(one) for one in offers[0]["considered_purposes"])
    given = given or {"purpose": "", "legal_basis": ""}
    told: dict[str, Any] = {
        "value": {"first_month": None, "last_month": None} | offers[0],
        "purposes": purposes,
        "given": given,
        "fault": _fault(failed),
    }
    return page("answering/access.html", _status(failed), beside=beside(), stix_id=stix_id, **told)


def _status(failed: BreakwaterError | None) -> HTTPStatus:
    return HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY


def _fault(failed: BreakwaterError | None) -> tuple[str, str] | None:
    return None if failed is None else ((failed.pointer or "").strip("/"), plain_sentence(failed))
