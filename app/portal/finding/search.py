"""The search: words or an observable, what is found, counts that narrow, and further pages.

Owns that words are read before they stand in an address: what looks like a way to find a person is refused at its field, and
an observable goes by a form, counted before it is looked up. Kept by ``tests/portal/finding/test_search.py`` and
``tests/browser/test_finding.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import Code, MalformedInputError
from app.domain.observation import ObservableKind
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.finding.asked import FACETS, PAGE_SIZE, Asked, asked_by_address, narrowed_by
from app.portal.finding.defanged import fanged
from app.portal.finding.facets import chips_of, facets_of
from app.portal.finding.names import Names, names_told
from app.portal.finding.results import results_of
from app.portal.forms import fields, sent
from app.portal.pages import go_to, page
from app.portal.plain_words import offered, pairs
from app.portal.reading import for_a_purpose, own_reader
from app.portal.unconfirmed import Unconfirmed
from app.services.limiting.ask import look_ups_left
from app.services.searching.keep_searches import list_searches
from app.services.searching.observable import ASKABLE, ObservableRequest, search_observable
from app.services.searching.search import FoundPage, count_found, search
from app.web.context import exchange

blueprint = PortalBlueprint("search")
PERSONAL = "This looks like an address, a number, a hash or an id: look it up below, under “Is something listed?”."


@blueprint.page("/search", Permission.OBJECTS_READ, query=["q", "next", "show"], repeatable=FACETS)
@for_a_purpose
def show() -> Response:
    """Show what an address asks for; without words or facets the form alone, and what can be done with it."""
    asked = asked_by_address()
    fault = fault_of(asked)
    if fault:
        return _page(Asked(), HTTPStatus.UNPROCESSABLE_ENTITY, faults={"q": fault})
    return _found(asked) if asked.is_something else _page(asked)


@blueprint.form("/search", Permission.OBJECTS_READ, goes_on_read_only=True, unconfirmed=Unconfirmed.READS)
@for_a_purpose
def ask() -> Response:
    """Read words, and lead to the address that asks for them; what is refused never stands in one."""
    given = sent(["q"], FACETS)
    asked = Asked(given["q"].strip(), narrowed_by(given.repeated))
    fault = fault_of(asked)
    if fault:
        return _page(asked, HTTPStatus.UNPROCESSABLE_ENTITY, faults={"q": fault})
    return go_to("search.show", **(asked if asked.is_something else Asked(shows_newest=True)).parameters)


@blueprint.form("/search/observable", Permission.OBJECTS_READ, goes_on_read_only=True, unconfirmed=Unconfirmed.READS)
@for_a_purpose
def ask_observable() -> Response:
    """Look an observable up: a question about a person, counted before anything is looked for."""
    given = fields("kind", "value", "service", "next")
    if given["kind"] not in ASKABLE:
        return _page(Asked(), HTTPStatus.UNPROCESSABLE_ENTITY, faults={"kind": "Choose what it is."}, observable=given)
    try:
        found = search_observable(exchange(), own_reader(), _observable(given))
    except MalformedInputError as exc:
        if exc.code is Code.CURSOR_INVALID:
            raise
        return _page(Asked(), HTTPStatus.UNPROCESSABLE_ENTITY, faults={"value": exc.sentence}, observable=given)
    return _page(Asked(), found=found, names=names_told(), observable=given)


def fault_of(asked: Asked) -> str:
    """Give what is wrong with the words of a search, as it is said at their field; empty if nothing is."""
    try:
        asked.query()
    except MalformedInputError as exc:
        return PERSONAL if "POST /search/observable" in exc.sentence else exc.sentence
    return ""


def _observable(given: dict[str, str]) -> ObservableRequest:
    service = given["service"].strip() or None
    return ObservableRequest(ObservableKind(given["kind"]), fanged(given["value"]), service, given["next"] or None, PAGE_SIZE)


def _found(asked: Asked) -> Response:
    found = search(exchange(), own_reader(), asked.request())
    counted = None if asked.cursor else count_found(exchange(), own_reader(), asked.request())
    return _page(asked, found=found, counted=counted, names=names_told())


def _page(asked: Asked, status: int = HTTPStatus.OK, **known: Any) -> Response:
    """Show the form with what was found, if anything was asked for."""
    found: FoundPage | None = known.get("found")
    names: Names = known.get("names") or (names_told() if asked.narrowed else Names())
    counted, principal = known.get("counted"), signed_in().principal
    keeps = why_forbidden(principal, Permission.SEARCHES_WRITE) is None
    shown = {
        "asked": asked,
        "faults": known.get("faults", {}),
        "found": found,
        "results": results_of(found, names) if found else [],
        "counted": counted,
        "facets": facets_of(counted, asked, names) if counted else [],
        "chips": chips_of(asked, names),
        "observable": known.get("observable") or {},
        "is_of_observable": "observable" in known,
        "kinds": pairs(one for one in offered(ObservableKind) if one in ASKABLE),
        "left": look_ups_left(exchange(), principal),
        "saved": [] if found else list_searches(exchange(), principal),
        "keeps": keeps,
        "partner": principal.partner,
        "purpose": signed_in().session.purpose,
    }
    return page("finding/search.html", status, **shown)
