"""``/questions``: who asked about persons, for those who audit it. Kept by ``tests/http/test_questions.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.question_payloads import QuestionPagePayload, QuestionQuery, QuestionSearchPayload
from app.services.limiting.look_up_questions import QuestionPage, list_questions, questions_about
from app.web.context import exchange, principal

blueprint = ApiBlueprint("questions", "Look-ups of observables and simulations: questions about persons, audited.")


@blueprint.get("/questions", Permission.QUESTIONS_READ)
@blueprint.query(QuestionQuery)
@blueprint.answers(HTTPStatus.OK, QuestionPagePayload)
def find_page(query: dict[str, Any]) -> QuestionPage:
    """List questions, oldest first: who asked, when, why; not about what."""
    return list_questions(exchange(), principal(), query["asked"], query["limit"])


@blueprint.post("/questions/search", Permission.QUESTIONS_READ)
@blueprint.body(QuestionSearchPayload)
@blueprint.answers(HTTPStatus.OK, QuestionPagePayload)
def search(given: dict[str, Any]) -> QuestionPage:
    """List the questions about one id; that of nothing, or of what nobody asked about, has none."""
    return questions_about(exchange(), principal(), given["stix_id"], given["asked"], given["limit"])
