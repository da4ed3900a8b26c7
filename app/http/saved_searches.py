"""``/searches``: searches that a partner keeps, and what is new of each. Kept by ``tests/http/test_saved_searches.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.domain.vocabulary import Channel
from app.http.answers import answer_found
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.objects import ADDED
from app.http.paging_payloads import RemovedPayload
from app.http.payloads import NothingPayload
from app.http.purpose import PURPOSE
from app.http.saved_search_payloads import NewQuery, NewSearchPayload, SavedSearchesPayload, SavedSearchPayload, SeenPayload
from app.http.search_payloads import FoundPayload
from app.services.reading.readers import Reader, reader
from app.services.searching import keep_searches as service
from app.services.searching.keep_searches import SavedSearch
from app.web.context import exchange, is_head, principal
from app.web.purpose import stated_purpose

blueprint = ApiBlueprint("saved-searches", "Searches that a partner keeps, and what is new of each.")


def _reader() -> Reader:
    return reader(principal(), stated_purpose(), Channel.REST, is_head=is_head())


@blueprint.get("/searches", Permission.SEARCHES_READ)
@blueprint.answers(HTTPStatus.OK, SavedSearchesPayload)
def find_all() -> dict[str, Any]:
    """List the searches that one's own organisation keeps."""
    return {"searches": service.list_searches(exchange(), principal())}


@blueprint.post("/searches", Permission.SEARCHES_WRITE)
@blueprint.body(NewSearchPayload)
@blueprint.answers(HTTPStatus.CREATED, SavedSearchPayload)
def save(new: service.NewSearch) -> tuple[SavedSearch, int, dict[str, str]]:
    """Keep a search, for the purpose that the request states; what comes from now on is new of it."""
    saved = service.save_search(exchange(), _reader(), new, use_of_key())
    return saved, HTTPStatus.CREATED, {"Location": f"{PREFIX}/searches/{saved.search_id}/new"}


@blueprint.get("/searches/<search_id>/new", Permission.SEARCHES_READ, headers=(PURPOSE,))
@blueprint.query(NewQuery)
@blueprint.answers(HTTPStatus.OK, FoundPayload, headers=ADDED)
def find_new(query: dict[str, Any], search_id: str) -> Response:
    """Give what is new of a search, oldest first, as the caller may see it now; it stays new until it is marked as seen."""
    return answer_found(service.new_of(exchange(), _reader(), search_id, query["next"], query["limit"]))


@blueprint.post("/searches/<search_id>/seen", Permission.SEARCHES_WRITE)
@blueprint.body(SeenPayload)
@blueprint.answers(HTTPStatus.OK, SavedSearchPayload)
def see(seen: dict[str, Any], search_id: str) -> SavedSearch:
    """Say that all up to an answer's `next` was seen: it is not new any more."""
    return service.mark_seen(exchange(), _reader(), search_id, seen["next"])


@blueprint.post("/searches/<search_id>/removal", Permission.SEARCHES_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, RemovedPayload)
def remove(_nothing: dict[str, Any], search_id: str) -> dict[str, str]:
    """Erase a search."""
    service.remove_search(exchange(), principal(), search_id, use_of_key())
    return {"id": search_id}
