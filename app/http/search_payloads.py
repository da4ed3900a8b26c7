"""Parameters and bodies of the routes that search.

Owns names and forms on the wire. Kept by ``tests/http/test_search_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.domain.observation import ObservableKind
from app.domain.search_query import read_query
from app.http.fields import Count, Word
from app.http.object_payloads import CURSOR, MOST_OBJECTS, USUAL_OBJECTS, ObjectFilters, ObjectsPayload, filters_of
from app.http.payloads import Strict
from app.services.searching.observable import ASKABLE, LONGEST_VALUE, ObservableRequest
from app.services.searching.search import SearchRequest


class CountQuery(ObjectFilters):
    """What is searched for: words in ``q`` (names, descriptions, behaviours), and filters as of the feed. Without ids."""

    class Meta:
        """An id is looked up at ``/objects/<id>``, where it is counted."""

        exclude = ("id",)

    q = fields.String(load_default=None)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> SearchRequest:
        query = None if values["q"] is None else read_query(values["q"])
        return SearchRequest(query, filters_of(values), values.get("next"), values.get("limit", 1))


class SearchQueryPayload(CountQuery):
    """The same, and which page of what is found."""

    limit = Count(1, MOST_OBJECTS, load_default=USUAL_OBJECTS)
    next = fields.String(load_default=None, validate=CURSOR)


class ObservablePayload(Strict):
    """An observable that is asked for: its kind, its value in any spelling, and of an account the service it is on.

    It goes by a body, since addresses are logged. Each id that it has is one question of the day.
    """

    kind = Word(ObservableKind, required=True, validate=validate.OneOf(sorted(ASKABLE)))
    value = fields.String(required=True, validate=validate.Length(1, LONGEST_VALUE))
    service = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 64))
    limit = fields.Integer(load_default=USUAL_OBJECTS, strict=True, validate=validate.Range(1, MOST_OBJECTS))
    next = fields.String(load_default=None, allow_none=True, validate=CURSOR)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> ObservableRequest:
        return ObservableRequest(**values | {"kind": ObservableKind(values["kind"]), "cursor": values.pop("next")})


class FoundPayload(ObjectsPayload):
    """What was found, newest first, byte for byte as it was stored. ``next`` null: that is all.

    ``complete`` false: after an update, what is stored is still being looked through, and some of it is not found yet.
    ``may_ask``: ids of those that are offers of access by others, to be asked for at ``POST /access-requests``.
    """

    complete = fields.Boolean(required=True)
    may_ask = fields.List(fields.String(), required=True)
    more = fields.Boolean(required=True)
    next = fields.String(required=True, allow_none=True)


class CountsPayload(Schema):
    """Counts of what is found, for each value of a kind. ``at_least``: there are more than were counted."""

    counted = fields.Integer(required=True)
    at_least = fields.Boolean(required=True)
    complete = fields.Boolean(attribute="is_complete", required=True)
    by = fields.Dict(fields.String(), fields.Dict(fields.String(), fields.Integer()), attribute="by_kind", required=True)
