"""One object of a collection, the list of its versions, and taking it back (TAXII 2.1 §5.6 to §5.8).

Owns that an object of which the reader sees nothing in the collection is answered like one that is not there, while filters that
leave nothing of a visible one give an empty answer. Kept by ``tests/taxii/test_one_object.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.errors import NotFoundError
from app.services.intake.take_back import TakingBack, take_back
from app.services.reading.pull import Manifest, Page, PageRequest
from app.services.reading.readers import Reader
from app.taxii.answers import answer, answer_envelope, answer_versions
from app.taxii.blueprint import ROOT, TaxiiBlueprint
from app.taxii.passage import read_from, take_back_from
from app.taxii.queries import OBJECT, REMOVAL, VERSIONS, asked_choice, asked_of_object, place_of
from app.taxii.reading import has_object, read_manifest, read_page
from app.web.context import exchange

blueprint = TaxiiBlueprint("object")
_OBJECT = f"{ROOT}/collections/<collection_id>/objects/<object_id>"


@blueprint.answers("GET", f"{_OBJECT}/", OBJECT)
def show_object(collection_id: str, object_id: str) -> Response:
    """Give the versions of an object that are asked for: the newest of each owner, if nothing is said."""
    collection, reader = read_from(collection_id)
    asked = asked_of_object(collection, object_id, "object")
    page: Page = read_page(reader, asked)
    if not page.objects:
        _require_object(reader, asked, object_id)
    return answer_envelope(page)


@blueprint.answers("GET", f"{_OBJECT}/versions/", VERSIONS)
def show_versions(collection_id: str, object_id: str) -> Response:
    """Give the versions of an object."""
    collection, reader = read_from(collection_id)
    asked = asked_of_object(collection, object_id, "versions", usual=None)
    manifest: Manifest = read_manifest(reader, asked)
    if not manifest.entries:
        _require_object(reader, asked, object_id)
    return answer_versions(manifest)


@blueprint.answers("DELETE", f"{_OBJECT}/", REMOVAL)
def remove_object(collection_id: str, object_id: str) -> Response:
    """Take versions of one's own object back, all of them if nothing is said; whoever was given what is withdrawn is told."""
    collection, reader = take_back_from(collection_id)
    place = place_of(collection, "object")
    take_back(exchange(), reader, TakingBack(object_id, asked_choice(), collection.group_id, place))
    return answer({})


def _require_object(reader: Reader | None, asked: PageRequest, stix_id: str) -> None:
    if not has_object(reader, asked.place, stix_id):
        raise NotFoundError
