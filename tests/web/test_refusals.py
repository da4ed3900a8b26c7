from __future__ import annotations

from http import HTTPStatus

import pytest
from flask import Flask, Response
from werkzeug.exceptions import BadRequest, HTTPException, ImATeapot, MethodNotAllowed, ServiceUnavailable

from app.domain import errors
from app.domain.errors import BreakwaterError, Code, MalformedInputError, NotFoundError, UnavailableError
from app.web.refusals import STATUSES, Refused, install, refused, status_of
from tests.factories.exchanges import RunningExchange

CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, BreakwaterError)]


def said(running: RunningExchange, error: Exception) -> Refused:
    with running.app.test_request_context("/api/v1/objects"):
        return refused(error)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_its_own_row_in_the_table(kind: type[BreakwaterError]) -> None:
    assert kind in STATUSES


def test_an_error_without_a_row_has_the_status_of_the_class_above() -> None:
    class MisspeltError(MalformedInputError):
        pass

    assert status_of(MisspeltError("No.")) is HTTPStatus.BAD_REQUEST


def test_an_error_of_ours_says_what_it_says(running: RunningExchange) -> None:
    error = MalformedInputError("A name stands twice.", code=Code.JSON_DUPLICATE_KEY, pointer="/objects/0")
    assert said(running, error) == Refused(400, Code.JSON_DUPLICATE_KEY, "A name stands twice.", "/objects/0")


def test_an_error_that_is_a_mistake_of_ours_tells_nothing(running: RunningExchange) -> None:
    for error in (BreakwaterError("the cursor key is 0xSECRET", pointer="/secret"), KeyError("SECRET")):
        told = said(running, error)
        assert (told.status, told.code, told.pointer) == (500, Code.INTERNAL, None)
        assert "SECRET" not in told.sentence


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BadRequest("SECRET"), 400, "request-invalid"),
        (ImATeapot("SECRET"), 418, "request-invalid"),
        (ServiceUnavailable("SECRET"), 500, "internal"),
        (HTTPException("SECRET"), 500, "internal"),
    ],
)
def test_what_libraries_refuse_is_said_in_none_of_their_words(
    running: RunningExchange, error: HTTPException, status: int, code: str
) -> None:
    told = said(running, error)
    assert (told.status, told.code) == (status, code)
    assert "SECRET" not in told.sentence


def test_the_librarys_404_is_the_exchanges(running: RunningExchange) -> None:
    answer = running.operator.get("no/such/route")
    assert answer.json["detail"] == NotFoundError().sentence


@pytest.mark.parametrize("code", Code)
def test_a_title_is_the_code_in_words(code: Code) -> None:
    title = Refused(400, code, "No.").title
    assert title[0].isupper()
    assert title.lower().replace(" ", "-") == code


def plain(told: Refused) -> Response:
    return Response(f"plain {told.code}", status=int(told.status))


def longer(told: Refused) -> Response:
    return Response(f"longer {told.code}", status=int(told.status))


@pytest.mark.parametrize(
    ("path", "raised", "said", "header"),
    [
        ("/a/x", MalformedInputError("No."), "400 longer request-invalid", None),
        ("/b", UnavailableError("Away."), "503 plain exchange-unavailable", ("Retry-After", "5")),
        ("/a", MethodNotAllowed(["GET", "POST"]), "405 longer method-not-allowed", ("Allow", "GET, POST")),
        ("/b", errors.UnauthenticatedError("Who?"), "401 plain unauthenticated", ("WWW-Authenticate", "Bearer realm=")),
    ],
)
def test_the_path_chooses_the_shape_and_the_status_its_headers(
    running: RunningExchange, path: str, raised: Exception, said: str, header: tuple[str, str] | None
) -> None:
    app = Flask("shapes", static_folder=None)
    app.extensions.update(running.app.extensions)
    install(app, {"": plain, "/a": longer})

    @app.before_request
    def _fail() -> None:
        raise raised

    response = app.test_client().get(path)
    assert f"{response.status_code} {response.text}" == said
    if header is not None:
        assert response.headers[header[0]].startswith(header[1])
