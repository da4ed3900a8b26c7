"""Answers that marshmallow would be too slow for: pages joined from stored bytes, and the results of a submission.

Owns how they are written; stored objects are never parsed on their way out, so that signatures and digests hold byte for byte.
Kept by ``tests/http/test_answers.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.paging import EmergencyContact
from app.services.reading.pull import Given, Page
from app.services.searching.search import FoundPage
from app.web.streams import joined
from breakwater_client.instant import instant_text
from breakwater_client.submission import ObjectResult, Submission

JSON_MEDIA_TYPE = "application/json"


def answer_json(document: Any, status: int = HTTPStatus.OK, location: str | None = None) -> Response:
    """Give a document as JSON; ``location`` is where what was made can be asked for."""
    response = Response(json.dumps(document, separators=(",", ":")), status=status, content_type=JSON_MEDIA_TYPE)
    if location is not None:
        response.headers["Location"] = location
    return response


def answer_page(page: Page) -> Response:
    """Give a page of the feed, with the reader's own dates of its first and last object as headers."""
    return _page({"more": page.more, "next": page.next}, page)


def answer_found(found: FoundPage) -> Response:
    """Give a page of what was found, likewise, with the offers among it."""
    said = {"complete": found.is_complete, "may_ask": list(found.may_ask), "more": found.more, "next": found.next}
    return _page(said, found)


def _page(members: dict[str, Any], page: Page | FoundPage) -> Response:
    said = json.dumps(members, separators=(",", ":"))[:-1]
    head = f'{said},{_attested(page.attestations)}"objects":['.encode()
    response = Response(joined(head, page.objects, b"]}"), content_type=JSON_MEDIA_TYPE)
    if page.first_added is not None and page.last_added is not None:
        response.headers["X-Breakwater-Added-First"] = instant_text(page.first_added)
        response.headers["X-Breakwater-Added-Last"] = instant_text(page.last_added)
    return response


def answer_objects(given: Given) -> Response:
    """Give the objects of one id with a strong ETag (RFC 9110 §8.8.3), or 304 if the caller has exactly these bytes.

    The tag is made of the content digests of the objects, in order.
    """
    tag = hashlib.sha256(b"".join(hashlib.sha256(body).digest() for body in given.objects)).hexdigest()
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        head = f'{{{_attested(given.attestations)}"objects":['.encode()
        response = Response(joined(head, given.objects, b"]}"), content_type=JSON_MEDIA_TYPE)
    response.set_etag(tag)
    return response


def _attested(attestations: Sequence[str]) -> str:
    return f'"attestations":[{",".join(attestations)}],'


CALLING = (
    "Call now: this exchange is not a reporting channel. Where objects were stored, contacts of partners that may see them are "
    "paged around the clock; who they are and whether anybody answered is not told."
)


def submission_document(submission: Submission, to_call: Sequence[EmergencyContact]) -> dict[str, Any]:
    """Give a submission as ``object_payloads.SubmissionPayload`` describes it; ``to_call`` is whom to call at imminent risk.

    That part is the same whoever may see the objects, and whether or not anybody is paged.
    """
    return ({"imminent_risk": whom_to_call(to_call)} if submission.imminent_risk else {}) | {
        "id": submission.submission_id,
        "received_at": instant_text(submission.received_at),
        "results": [_result(result) for result in submission.results],
        "receipt": submission.receipt,
    }


def whom_to_call(to_call: Sequence[EmergencyContact]) -> dict[str, Any]:
    """Give what ``object_payloads.ImminentRiskPayload`` describes."""
    return {"call": [_to_call(one) for one in to_call], "detail": CALLING}


def _to_call(one: EmergencyContact) -> dict[str, str | None]:
    return {"jurisdiction": one.jurisdiction, "name": one.name, "call": one.call}


def _result(result: ObjectResult) -> dict[str, Any]:
    told: dict[str, Any] = {"pointer": result.pointer, "status": result.status.value}
    if result.refusal is not None:
        refusal = result.refusal
        return told | {"code": refusal.code.value, "detail": refusal.sentence, "refusal_pointer": refusal.pointer}
    if result.stix_id is None:  # it was erased since
        return told | {"log_index": result.log_index}
    return (
        told
        | {
            "id": result.stix_id,
            "version": result.version,
            "payload_digest": result.payload_digest,
            "log_index": result.log_index,
        }
        | ({"narrowed_by": list(result.narrowed_by)} if result.narrowed_by else {})
    )
