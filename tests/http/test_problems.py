from __future__ import annotations

import json
from typing import Any

from app.domain.errors import Code
from app.http.problems import problem
from app.web.refusals import Refused
from tests.factories.exchanges import RunningExchange


def document(running: RunningExchange, refused: Refused) -> tuple[Any, dict[str, Any]]:
    with running.app.test_request_context("/api/v1/objects", headers={"X-Request-Id": "same"}):
        response = problem(refused)
        return response, json.loads(response.get_data())


def test_a_refusal_is_a_problem_document(running: RunningExchange) -> None:
    response, told = document(running, Refused(400, Code.JSON_DUPLICATE_KEY, "A name stands twice.", "/objects/0"))
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert told == {
        "type": "urn:breakwater:problem:json-duplicate-key",
        "title": "JSON duplicate key",
        "status": 400,
        "detail": "A name stands twice.",
        "code": "json-duplicate-key",
        "pointer": "/objects/0",
        "request_id": "same",
    }


def test_the_pointer_to_the_whole_body_is_told_and_no_pointer_is_not(running: RunningExchange) -> None:
    assert document(running, Refused(400, Code.REQUEST_INVALID, "No.", ""))[1]["pointer"] == ""
    assert "pointer" not in document(running, Refused(400, Code.REQUEST_INVALID, "No."))[1]


def test_an_unforeseen_error_shows_the_request_id_and_nothing_else(running: RunningExchange) -> None:
    running.clock.shift = "SECRET"  # type: ignore[assignment]  # so that reading the time fails as nothing foresees
    answer = running.operator.get("partners", headers={"X-Request-Id": "same"})
    assert answer.status == 500
    assert answer.json["request_id"] == "same"
    assert set(answer.json) == {"type", "title", "status", "detail", "code", "request_id"}
    assert b"TypeError" not in answer.body
    assert b"SECRET" not in answer.body
