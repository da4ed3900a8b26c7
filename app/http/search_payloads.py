"""Parameters and bodies of the routes that search.

Owns names and forms on the wire. Kept by ``tests/http/test_search_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from app.domain.search_query import read_query
from app.http.fields import Count
from app.http.object_payloads import CURSOR, MOST_OBJECTS, USUAL_OBJECTS, ObjectFilters, ObjectsPayload, filters_of
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


class FoundPayload(ObjectsPayload):
    """What was found, newest first, byte for byte as it was stored. ``next`` null: that is all.

    ``complete`` false: after an update, what is stored is still being looked through, and some of it is not found yet.
    """

    complete = fields.Boolean(required=True)
    more = fields.Boolean(required=True)
    next = fields.String(required=True, allow_none=True)


class CountsPayload(Schema):
    """Counts of what is found, for each value of a kind. ``at_least``: there are more than were counted."""

    counted = fields.Integer(required=True)
    at_least = fields.Boolean(required=True)
    complete = fields.Boolean(attribute="is_complete", required=True)
    by = fields.Dict(fields.String(), fields.Dict(fields.String(), fields.Integer()), attribute="by_kind", required=True)
