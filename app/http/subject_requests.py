"""``/subject-requests``: what persons ask about data on themselves. Kept by ``tests/http/test_subject_requests.py``.

Selectors come in bodies and never in a path or a query, which others log.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.approval import Approval
from app.domain.errors import NotFoundError
from app.domain.permissions import Permission
from app.http.approval_payloads import ApprovalPayload
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.payloads import NothingPayload
from app.http.subject_payloads import (
    ActPayload,
    ExtensionPayload,
    LetterPayload,
    NewSubjectRequestPayload,
    SubjectFiguresPayload,
    SubjectPagePayload,
    SubjectQueryPayload,
    SubjectRequestPayload,
)
from app.services.subjects import open_request, show_request
from app.services.subjects.figures import figures
from app.services.subjects.letters import Letter, draft
from app.services.subjects.open_request import NewSubjectRequest
from app.services.subjects.propose_act import ActWanted, propose_act
from app.services.subjects.show_request import SeenRequest, SubjectPage
from app.web.context import exchange, principal

blueprint = ApiBlueprint("subject-requests", "Requests of the persons that data are about; what is done takes two persons.")


@blueprint.get("/subject-requests", Permission.SUBJECTS_READ)
@blueprint.query(SubjectQueryPayload)
@blueprint.answers(HTTPStatus.OK, SubjectPagePayload)
def find_page(query: dict[str, Any]) -> SubjectPage:
    """List requests, oldest first: states, dates and counts."""
    return show_request.list_requests(exchange(), principal(), query["next"], query["limit"])


@blueprint.post("/subject-requests", Permission.SUBJECTS_WRITE)
@blueprint.body(NewSubjectRequestPayload)
@blueprint.answers(HTTPStatus.CREATED, SubjectRequestPayload)
def open_one(new: NewSubjectRequest) -> tuple[SeenRequest, int, dict[str, str]]:
    """Open a request; nothing is looked for before a second person agrees."""
    opened = open_request.open_request(exchange(), principal(), new, use_of_key())
    seen = show_request.get_request(exchange(), principal(), opened.request_id)
    return seen, HTTPStatus.CREATED, {"Location": f"{PREFIX}/subject-requests/{opened.request_id}"}


@blueprint.get("/subject-requests/figures", Permission.SUBJECTS_READ)
@blueprint.answers(HTTPStatus.OK, SubjectFiguresPayload)
def count() -> dict[str, Any]:
    """Give how often the exchange was asked about persons, and what came of it, month by month."""
    return {"months": figures(exchange(), principal())}


@blueprint.get("/subject-requests/<request_id>", Permission.SUBJECTS_READ)
@blueprint.answers(HTTPStatus.OK, SubjectRequestPayload)
def find_one(request_id: str) -> SeenRequest:
    """Give one request with what the caller may see of it."""
    return show_request.get_request(exchange(), principal(), request_id)


@blueprint.post("/subject-requests/<request_id>/acts", Permission.SUBJECTS_WRITE)
@blueprint.body(ActPayload)
@blueprint.answers(HTTPStatus.CREATED, ApprovalPayload)
def propose_one(wanted: ActWanted, request_id: str) -> tuple[Approval, int, dict[str, str]]:
    """Propose what is done; another data-protection person or an operator approves it."""
    proposed = propose_act(exchange(), principal(), request_id, wanted, use_of_key())
    return proposed, HTTPStatus.CREATED, {"Location": f"{PREFIX}/approvals/{proposed.approval_id}"}


@blueprint.post("/subject-requests/<request_id>/extension", Permission.SUBJECTS_WRITE)
@blueprint.body(ExtensionPayload)
@blueprint.answers(HTTPStatus.OK, SubjectRequestPayload)
def extend(given: dict[str, Any], request_id: str) -> SeenRequest:
    """Let the answer be due two months later, once."""
    open_request.extend(exchange(), principal(), request_id, given["ground"], use_of_key())
    return show_request.get_request(exchange(), principal(), request_id)


@blueprint.post("/subject-requests/<request_id>/closure", Permission.SUBJECTS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, SubjectRequestPayload)
def close(_nothing: dict[str, Any], request_id: str) -> SeenRequest:
    """Close a request that was answered or rejected; selectors and findings are wiped thirty days later."""
    open_request.close(exchange(), principal(), request_id, use_of_key())
    return show_request.get_request(exchange(), principal(), request_id)


@blueprint.get("/subject-requests/<request_id>/letters/<letter>", Permission.SUBJECTS_WRITE, also=(409,))
@blueprint.answers(HTTPStatus.OK, LetterPayload)
def write(request_id: str, letter: str) -> dict[str, Any]:
    """Give the draft of a letter (``answer``, ``erasure``, ``extension``, ``refusal``) by how the request stands."""
    if letter not in set(Letter):
        raise NotFoundError
    return {"text": draft(exchange(), principal(), request_id, Letter(letter))}
