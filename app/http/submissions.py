"""``/submissions``: signed objects come in here, their body unread until ``services.submit``.

Kept by ``tests/http/test_submissions.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.http.answers import answer_json, submission_document
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import presented_key
from app.http.object_payloads import SubmissionPayload, SubmissionQuery, SubmittedEnvelope
from app.services.intake.receipts import submission_of
from app.services.intake.submit import SubmissionRequest, submit
from app.services.read_document import MAX_BODY_BYTES
from app.web.bodies import raw_body
from app.web.context import exchange, note_outcomes, principal
from breakwater_client.submission import Submission

blueprint = ApiBlueprint("submissions", "Signed STIX objects come in here; each gets its own result.")
SUBMITTED = frozenset({"application/json", "application/stix+json", "application/taxii+json"})
_BODY = {media_type: {"schema": SubmittedEnvelope} for media_type in sorted(SUBMITTED)}


@blueprint.post("/submissions", Permission.OBJECTS_SUBMIT, also=(404, 422), max_body_bytes=MAX_BODY_BYTES)
@blueprint.described(requestBody={"required": True, "content": _BODY})
@blueprint.query(SubmissionQuery)
@blueprint.answers(HTTPStatus.CREATED, SubmissionPayload)
def take_in(query: dict[str, Any]) -> Response:
    """Submit a STIX bundle or an envelope of signed objects. One bad object never sinks the others, unless atomic=true.

    With a sharing group in which the caller may write they are posted there, and seen by its readers alone.
    """
    request = SubmissionRequest(raw_body(SUBMITTED), presented_key(), query["atomic"], query["group"])
    submission = submit(exchange(), principal(), request)
    note_outcomes(submission.outcomes)
    location = f"{PREFIX}/submissions/{submission.submission_id}"
    return answer_json(_document(submission), HTTPStatus.CREATED, location)


@blueprint.get("/submissions/<submission_id>", Permission.OBJECTS_SUBMIT)
@blueprint.answers(HTTPStatus.OK, SubmissionPayload)
def find_one(submission_id: str) -> Response:
    """Give a submission of one's own again, with its results and its receipt."""
    return answer_json(_document(submission_of(exchange(), principal(), submission_id)))


def _document(submission: Submission) -> dict[str, Any]:
    partner = principal().partner
    return submission_document(submission, exchange().duty.whom_to_call(partner.jurisdiction if partner else ""))
