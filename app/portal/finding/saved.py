"""Searches that an organisation keeps: what is new of each, keeping one more, and forgetting one.

Owns the pages; that something stays new until somebody says that they saw it is ``searching/keep_searches``'s. Kept by
``tests/portal/finding/test_saved.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.errors import ConflictError, ForbiddenContentError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.saved_search import SavedSearch
from app.domain.vocabulary import Tlp
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.finding.asked import FACETS, PAGE_SIZE, Asked, narrowed_by
from app.portal.finding.facets import chips_of
from app.portal.finding.names import names_told
from app.portal.finding.results import results_of
from app.portal.forms import fields, sent
from app.portal.pages import go_to, page
from app.portal.reading import for_a_purpose, own_reader
from app.portal.typed import not_material
from app.portal.unconfirmed import Unconfirmed
from app.services.drafting.screen import refuse_what_is_never_kept
from app.services.searching.keep_searches import NewSearch, list_searches, mark_seen, new_of, remove_search, save_search
from app.web.context import exchange

blueprint = PortalBlueprint("saved_searches", section="search.show")
LONGEST_NAME = 200
_NO_WORDS = "These words cannot be kept: search for words alone. Addresses and numbers are looked up one by one, and not kept."


@blueprint.page("/searches", Permission.SEARCHES_READ)
@for_a_purpose
def show() -> Response:
    """List what is kept, and for which purpose."""
    return _page()


@blueprint.form("/searches", Permission.SEARCHES_WRITE, unconfirmed=Unconfirmed.FOR_ONESELF)
@for_a_purpose
def save() -> Response:
    """Keep a search; what comes from now on is new of it."""
    given = sent(["name", "q"], FACETS)
    asked = Asked(given["q"], narrowed_by(given.repeated))
    name = given["name"].strip()
    if not 0 < len(name) <= LONGEST_NAME:
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY, asked, name, f"A name has 1 to {LONGEST_NAME} characters.")
    try:
        refuse_what_is_never_kept(exchange(), signed_in().principal, {"what": {"title": name}})
        save_search(exchange(), own_reader(), NewSearch(name, asked.query(), _kept(asked)))
    except MalformedInputError:
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY, asked, name, _NO_WORDS)
    except (ConflictError, ForbiddenContentError) as exc:
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY, asked, not_material(name, exc), exc.sentence)
    return go_to("saved_searches.show")


@blueprint.page("/searches/<search_id>", Permission.SEARCHES_READ, query=["next"])
@for_a_purpose
def show_new(search_id: str) -> Response:
    """Show what is new of a search, oldest first; it stays new until somebody says that it was seen."""
    found = new_of(exchange(), own_reader(), search_id, request.args.get("next"), PAGE_SIZE)
    saved = next(one for one in list_searches(exchange(), signed_in().principal) if one.search_id == search_id)
    return page("finding/new.html", saved=saved, found=found, results=results_of(found, names_told()), keeps=_keeps())


@blueprint.form("/searches/<search_id>/seen", Permission.SEARCHES_WRITE, unconfirmed=Unconfirmed.FOR_ONESELF)
@for_a_purpose
def see(search_id: str) -> Response:
    """Say that all that was shown up to here was seen."""
    mark_seen(exchange(), own_reader(), search_id, fields("next")["next"])
    return go_to("saved_searches.show_new", search_id=search_id)


@blueprint.form("/searches/<search_id>/removal", Permission.SEARCHES_WRITE, unconfirmed=Unconfirmed.FOR_ONESELF)
def forget(search_id: str) -> Response:
    """Forget a search."""
    fields()
    remove_search(exchange(), signed_in().principal, search_id)
    return go_to("saved_searches.show")


def asked_of(saved: SavedSearch) -> Asked:
    """Give the search that is kept, to be asked anew."""
    filters: Mapping[str, Any] = json.loads(saved.filters)
    narrowed = {kind: tuple(filters[kind]) for kind in FACETS if filters.get(kind)}
    return Asked(saved.words or "", narrowed, shows_newest=not saved.words and not narrowed)


def _kept(asked: Asked) -> dict[str, list[str]]:
    return {kind: list(values) for kind, values in asked.narrowed.items()}


def _keeps() -> bool:
    return why_forbidden(signed_in().principal, Permission.SEARCHES_WRITE) is None


def _page(status: int = HTTPStatus.OK, asked: Asked | None = None, name: str = "", fault: str = "") -> Response:
    """List what is kept; ``asked`` is a search whose keeping was refused."""
    names, purpose = names_told(), signed_in().session.purpose
    rows = []
    for one in list_searches(exchange(), signed_in().principal):
        again = asked_of(one)
        is_readable = (one.purpose, one.tlp_ceiling) == (purpose, Tlp.RED)
        rows.append({"kept": one, "again": again, "chips": chips_of(again, names), "is_readable": is_readable})
    return page("finding/saved.html", status, rows=rows, asked=asked, name=name, fault=fault, keeps=_keeps(), purpose=purpose)
