"""``/objects``: the feed, and objects by id, as the caller's policy allows. Kept by ``tests/http/test_objects.py``.

What is hidden and what is absent go the same way here: one service call, one refusal.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.domain.vocabulary import Channel
from app.http.answers import answer_json, answer_objects, answer_page
from app.http.blueprint import ApiBlueprint
from app.http.object_payloads import ObjectPagePayload, ObjectQuery, ObjectsPayload, ReceiptQuery, VersionsPayload
from app.http.payloads import EnvelopePayload
from app.http.purpose import PURPOSE
from app.services.intake.receipts import object_receipt
from app.services.reading import pull
from app.web.context import exchange, is_head, principal
from app.web.purpose import stated_purpose

_IF_NONE_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "An ETag given before; if it still holds, the answer is 304 without a body.",
    "schema": {"type": "string"},
}
_TEXT = {"schema": {"type": "string"}}
_MOMENT = {"schema": {"type": "string", "format": "date-time"}}
_ETAG = {"ETag": {"description": "Strong: made of the objects' content digests.", **_TEXT}}
ADDED = {
    "X-Breakwater-Added-First": {"description": "When the first object was added for this reader.", **_MOMENT},
    "X-Breakwater-Added-Last": {"description": "When the last object was added for this reader.", **_MOMENT},
}
"""The headers of a page: the reader's own dates of its first and its last object."""

blueprint = ApiBlueprint("objects", "What the caller may see, in the order of its feed or by id.")


def _reader() -> pull.Reader:
    """Give the reader that this request makes of its caller."""
    return pull.reader(principal(), stated_purpose(), Channel.REST, is_head=is_head())


@blueprint.get("/objects", Permission.OBJECTS_READ, headers=(PURPOSE,))
@blueprint.query(ObjectQuery)
@blueprint.answers(HTTPStatus.OK, ObjectPagePayload, headers=ADDED)
def find_page(query: pull.PageRequest) -> Response:
    """Give the next objects of the caller's feed; each version it may see comes once."""
    return answer_page(pull.pull_page(exchange(), _reader(), query))


@blueprint.get("/objects/<stix_id>", Permission.OBJECTS_READ, headers=(PURPOSE, _IF_NONE_MATCH), also=(304,))
@blueprint.answers(HTTPStatus.OK, ObjectsPayload, headers=_ETAG)
def find_newest(stix_id: str) -> Response:
    """Give the newest visible version of an id, once for each owner that states it."""
    return answer_objects(pull.pull_object(exchange(), _reader(), stix_id))


@blueprint.get("/objects/<stix_id>/versions", Permission.OBJECTS_READ, headers=(PURPOSE,))
@blueprint.answers(HTTPStatus.OK, VersionsPayload)
def find_versions(stix_id: str) -> dict[str, Any]:
    """List the visible versions of an id, by owner and oldest first."""
    return {"versions": pull.list_versions(exchange(), _reader(), stix_id)}


@blueprint.get("/objects/<stix_id>/versions/<version>", Permission.OBJECTS_READ, headers=(PURPOSE, _IF_NONE_MATCH), also=(304,))
@blueprint.answers(HTTPStatus.OK, ObjectsPayload, headers=_ETAG)
def find_version(stix_id: str, version: str) -> Response:
    """Give one visible version of an id; any spelling of its instant names it."""
    return answer_objects(pull.pull_version(exchange(), _reader(), stix_id, version))


@blueprint.get("/objects/<stix_id>/receipt", Permission.OBJECTS_SUBMIT)
@blueprint.query(ReceiptQuery)
@blueprint.answers(HTTPStatus.OK, EnvelopePayload)
def find_receipt(query: dict[str, Any], stix_id: str) -> Response:
    """Give the signed receipt for a version of one's own object."""
    return answer_json(object_receipt(exchange(), principal(), stix_id, query["version"]))
