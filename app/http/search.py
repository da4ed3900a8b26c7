"""``/search``: what the caller may see that says something. Kept by ``tests/http/test_search.py``."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.permissions import Permission
from app.domain.vocabulary import Channel
from app.http.answers import answer_found
from app.http.blueprint import ApiBlueprint
from app.http.objects import ADDED
from app.http.purpose import PURPOSE
from app.http.search_payloads import CountQuery, CountsPayload, FoundPayload, ObservablePayload, SearchQueryPayload
from app.services.reading.readers import Reader, reader
from app.services.searching.observable import ObservableRequest
from app.services.searching.observable import search_observable as search_for
from app.services.searching.search import FoundCounts, SearchRequest, count_found
from app.services.searching.search import search as search_words
from app.web.context import exchange, is_head, principal
from app.web.purpose import stated_purpose

blueprint = ApiBlueprint("search", "What the caller may see, by what it says.")


def _reader() -> Reader:
    return reader(principal(), stated_purpose(), Channel.REST, is_head=is_head())


@blueprint.get("/search", Permission.OBJECTS_READ, headers=(PURPOSE,))
@blueprint.query(SearchQueryPayload)
@blueprint.answers(HTTPStatus.OK, FoundPayload, headers=ADDED)
def search(query: SearchRequest) -> Response:
    """Give what says the words, newest first; of each object its newest version that the caller may see."""
    return answer_found(search_words(exchange(), _reader(), query))


@blueprint.post("/search/observable", Permission.OBJECTS_READ)
@blueprint.body(ObservablePayload)
@blueprint.answers(HTTPStatus.OK, FoundPayload, headers=ADDED)
def search_observable(asked: ObservableRequest) -> Response:
    """Give what states an observable, in whatever form and spelling; hidden and absent are the same. Each is a question."""
    return answer_found(search_for(exchange(), _reader(), asked))


@blueprint.get("/search/counts", Permission.OBJECTS_READ, headers=(PURPOSE,))
@blueprint.query(CountQuery)
@blueprint.answers(HTTPStatus.OK, CountsPayload)
def count(query: SearchRequest) -> FoundCounts:
    """Count what says the words, by what it is: over the newest thousand, of what the caller may see alone."""
    return count_found(exchange(), _reader(), query)
