"""Bodies of the routes about saved searches. Kept by ``tests/http/test_saved_search_payloads.py``."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump

from app.domain.search_query import read_query
from app.domain.vocabulary import Purpose, Tlp
from app.http.export_payloads import ExportFiltersPayload
from app.http.fields import Count, Moment, Word, name_field
from app.http.object_payloads import CURSOR, MOST_OBJECTS, USUAL_OBJECTS
from app.http.payloads import Strict
from app.services.searching.keep_searches import NewSearch, SavedSearch


class SearchFiltersPayload(ExportFiltersPayload):
    """The filters of a search: those of the feed but for ids and dates of adding, which a saved search has of its own."""

    class Meta:
        """See above."""

        exclude = ("id", "added_after", "added_before")


class NewSearchPayload(Strict):
    """A search to be kept: a name, words (``q``), and filters, each as a list."""

    name = name_field(required=True)
    q = fields.String(load_default=None, allow_none=True)
    filters = fields.Nested(SearchFiltersPayload, load_default=dict)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewSearch:
        return NewSearch(values["name"], None if values["q"] is None else read_query(values["q"]), values["filters"])


class NewQuery(Strict):
    """How many of what is new, and where to go on."""

    limit = Count(1, MOST_OBJECTS, load_default=USUAL_OBJECTS)
    next = fields.String(load_default=None, validate=CURSOR)


class SeenPayload(Strict):
    """Up to where it was seen: ``next`` of an answer."""

    next = fields.String(required=True, validate=CURSOR)


class SavedSearchPayload(Schema):
    """A saved search, for one purpose and up to one ceiling. ``seen_at`` null: nobody said yet that they had seen anything."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    q = fields.String(required=True, allow_none=True)
    filters = fields.Dict(required=True)
    purpose = Word(Purpose, required=True)
    tlp_ceiling = Word(Tlp, required=True)
    created_at = Moment(required=True)
    seen_at = Moment(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, saved: SavedSearch, **_: Any) -> dict[str, Any]:
        plain = {name: getattr(saved, name) for name in ("name", "purpose", "tlp_ceiling", "created_at", "seen_at")}
        return plain | {"id": saved.search_id, "q": saved.words, "filters": json.loads(saved.filters)}


class SavedSearchesPayload(Schema):
    """Saved searches, by name."""

    searches = fields.List(fields.Nested(SavedSearchPayload), required=True)
