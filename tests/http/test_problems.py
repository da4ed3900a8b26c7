from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest
from werkzeug.exceptions import BadRequest, HTTPException, ImATeapot, MethodNotAllowed, ServiceUnavailable

from app.domain import errors
from app.domain.errors import BreakwaterError, Code, MalformedInputError, NotFoundError, UnavailableError
from app.http.problems import STATUSES, answer_http_exception, answer_refusal, status_of, title_of
from tests.factories.exchanges import RunningExchange

CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, BreakwaterError)]


def document(running: RunningExchange, error: Exception) -> tuple[Any, dict[str, Any]]:
    with running.app.test_request_context("/api/v1/objects", headers={"X-Request-Id": "same"}):
        answer = answer_refusal if isinstance(error, BreakwaterError) else answer_http_exception
        response = answer(error)  # type: ignore[operator]  # whichever of the two it is
        return response, json.loads(response.get_data())


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_its_own_row_in_the_table(kind: type[BreakwaterError]) -> None:
    assert kind in STATUSES


def test_an_error_without_a_row_has_the_status_of_the_class_above() -> None:
    class MisspeltError(MalformedInputError):
        pass

    assert status_of(MisspeltError("No.")) is HTTPStatus.BAD_REQUEST


def test_a_refusal_is_a_problem_document(running: RunningExchange) -> None:
    error = MalformedInputError("A name stands twice.", code=Code.JSON_DUPLICATE_KEY, pointer="/objects/0")
    response, problem = document(running, error)
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert problem == {
        "type": "urn:breakwater:problem:json-duplicate-key",
        "title": "JSON duplicate key",
        "status": 400,
        "detail": "A name stands twice.",
        "code": "json-duplicate-key",
        "pointer": "/objects/0",
        "request_id": "same",
    }


def test_the_pointer_to_the_whole_body_is_told_and_no_pointer_is_not(running: RunningExchange) -> None:
    assert document(running, MalformedInputError("No.", pointer=""))[1]["pointer"] == ""
    assert "pointer" not in document(running, MalformedInputError("No."))[1]


def test_unavailable_says_when_to_come_back(running: RunningExchange) -> None:
    response, problem = document(running, UnavailableError("The database is away."))
    assert (response.status_code, response.headers["Retry-After"], problem["code"]) == (503, "5", "exchange-unavailable")


def test_an_error_that_is_a_mistake_of_ours_tells_nothing(running: RunningExchange) -> None:
    response, problem = document(running, BreakwaterError("the cursor key is 0xSECRET", pointer="/secret"))
    assert response.status_code == 500
    assert problem["code"] == "internal"
    assert "SECRET" not in str(problem)
    assert "pointer" not in problem


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BadRequest("SECRET"), 400, "request-invalid"),
        (ImATeapot("SECRET"), 418, "request-invalid"),
        (ServiceUnavailable("SECRET"), 500, "internal"),
        (HTTPException("SECRET"), 500, "internal"),
    ],
)
def test_what_libraries_refuse_has_the_same_shape_and_none_of_their_words(
    running: RunningExchange, error: HTTPException, status: int, code: str
) -> None:
    response, problem = document(running, error)
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert "SECRET" not in str(problem)


def test_method_not_allowed_lists_the_methods(running: RunningExchange) -> None:
    response, problem = document(running, MethodNotAllowed(["GET", "POST"]))
    assert (response.headers["Allow"], problem["code"]) == ("GET, POST", "method-not-allowed")


def test_the_librarys_404_is_the_exchanges(running: RunningExchange) -> None:
    answer = running.operator.get("no/such/route")
    assert answer.json["detail"] == NotFoundError().sentence


@pytest.mark.parametrize("code", Code)
def test_a_title_is_the_code_in_words(code: Code) -> None:
    title = title_of(code)
    assert title[0].isupper()
    assert title.lower().replace(" ", "-") == code


def test_an_unforeseen_error_shows_the_request_id_and_nothing_else(running: RunningExchange) -> None:
    running.clock.shift = "SECRET"  # type: ignore[assignment]  # so that reading the time fails as nothing foresees
    answer = running.operator.get("partners", headers={"X-Request-Id": "same"})
    assert answer.status == 500
    assert answer.json["request_id"] == "same"
    assert set(answer.json) == {"type", "title", "status", "detail", "code", "request_id"}
    assert b"TypeError" not in answer.body
    assert b"SECRET" not in answer.body
