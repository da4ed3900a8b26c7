"""The status of a POST, for the partner that made it alone (TAXII 2.1 §4.3). Kept by ``tests/taxii/test_statuses.py``."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.permissions import Permission
from app.services.intake.receipts import submission_of
from app.taxii.answers import answer
from app.taxii.blueprint import ROOT, TaxiiBlueprint
from app.taxii.passage import ask
from app.taxii.status_documents import status_document
from app.web.context import exchange, principal
from breakwater_client.submission import Submission

blueprint = TaxiiBlueprint("statuses")


@blueprint.answers("GET", f"{ROOT}/status/<status_id>/", permissions=(Permission.OBJECTS_SUBMIT,))
def show_status(status_id: str) -> Response:
    """Give what became of a POST of one's own."""
    submission = submission_of(exchange(), principal(), status_id)
    ask()
    return answer_status(submission)


def answer_status(submission: Submission, status: int = HTTPStatus.OK) -> Response:
    """Give the status of a submission of the caller's."""
    partner = principal().partner
    return answer(status_document(submission, exchange().duty.whom_to_call(partner.jurisdiction if partner else "")), status)
