"""The objects of a collection: reading pages of them, posting more (TAXII 2.1 §5.4, §5.5).

Kept by ``tests/taxii/test_objects.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.vocabulary import Channel
from app.services.intake.submit import SubmissionRequest, submit
from app.services.reading import pull
from app.taxii.answers import answer, answer_envelope
from app.taxii.blueprint import ROOT, TaxiiBlueprint
from app.taxii.passage import read_from, write_to
from app.taxii.queries import OBJECTS, asked_page
from app.taxii.status_documents import status_document
from app.web.context import exchange, principal
from app.web.purpose import stated_purpose

blueprint = TaxiiBlueprint("objects")
_OBJECTS = f"{ROOT}/collections/<collection_id>/objects/"


def _reader() -> pull.Reader:
    return pull.reader(principal(), stated_purpose(), Channel.TAXII)


@blueprint.answers("GET", _OBJECTS, OBJECTS)
def show_objects(collection_id: str) -> Response:
    """Give the next objects of a collection."""
    collection = read_from(collection_id)
    return answer_envelope(pull.pull_page(exchange(), _reader(), asked_page(collection)))


@blueprint.answers("POST", _OBJECTS)
def add_objects(collection_id: str) -> Response:
    """Submit objects; the answer is the status, complete at once. One bad object never sinks the others."""
    collection, body = write_to(collection_id)
    submission = submit(exchange(), principal(), SubmissionRequest(body, collection_id=collection.collection_id))
    return answer(status_document(submission), HTTPStatus.ACCEPTED)
