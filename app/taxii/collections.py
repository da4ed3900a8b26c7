"""The collections of the caller (TAXII 2.1 §5.1, §5.2). Kept by ``tests/taxii/test_collections.py``."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.domain.collection import Collection
from app.services.reading.list_collections import collections_of
from app.taxii.answers import answer
from app.taxii.blueprint import ROOT, TaxiiBlueprint
from app.taxii.media_types import STIX
from app.taxii.passage import ask, ask_of
from app.web.context import exchange, principal
from app.web.purpose import stated_purpose

blueprint = TaxiiBlueprint("collections")


@blueprint.answers("GET", f"{ROOT}/collections/")
def show_collections() -> Response:
    """List the collections that exist for the caller."""
    found = collections_of(exchange(), principal(), stated_purpose())
    ask()
    return answer({"collections": [_document(one) for one in found]} if found else {})


@blueprint.answers("GET", f"{ROOT}/collections/<collection_id>/")
def show_collection(collection_id: str) -> Response:
    """Give one collection."""
    return answer(_document(ask_of(collection_id)))


def _document(collection: Collection) -> dict[str, Any]:
    alias = {} if collection.alias is None else {"alias": collection.alias}
    return {
        "id": collection.collection_id,
        "title": collection.title,
        "description": collection.description,
        **alias,
        "can_read": collection.can_read,
        "can_write": collection.can_write,
        "media_types": [STIX],
    }
