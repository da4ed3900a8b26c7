"""The objects of a collection: reading pages of them or their manifest, posting more (TAXII 2.1 §5.3 to §5.5).

Kept by ``tests/taxii/test_objects.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.services.intake.submit import SubmissionRequest, submit
from app.taxii.answers import answer_envelope, answer_manifest
from app.taxii.blueprint import ROOT, TaxiiBlueprint
from app.taxii.passage import read_from, write_to
from app.taxii.queries import OBJECTS, asked_page
from app.taxii.reading import read_manifest, read_page
from app.taxii.statuses import answer_status
from app.web.context import exchange, note_outcomes, principal

blueprint = TaxiiBlueprint("objects")
_COLLECTION = f"{ROOT}/collections/<collection_id>"


@blueprint.answers("GET", f"{_COLLECTION}/objects/", OBJECTS)
def show_objects(collection_id: str) -> Response:
    """Give the next objects of a collection."""
    collection, reader = read_from(collection_id)
    return answer_envelope(read_page(reader, asked_page(collection, "objects")))


@blueprint.answers("GET", f"{_COLLECTION}/manifest/", OBJECTS)
def show_manifest(collection_id: str) -> Response:
    """Give the next object versions of a collection, without their bodies."""
    collection, reader = read_from(collection_id)
    return answer_manifest(read_manifest(reader, asked_page(collection, "manifest")))


@blueprint.answers("POST", f"{_COLLECTION}/objects/")
def add_objects(collection_id: str) -> Response:
    """Submit objects; the answer is the status, complete at once. One bad object never sinks the others."""
    collection, body = write_to(collection_id)
    request = SubmissionRequest(body, group_id=collection.group_id, collection_id=collection.collection_id)
    submission = submit(exchange(), principal(), request)
    note_outcomes(submission.outcomes)
    return answer_status(submission, HTTPStatus.ACCEPTED)
