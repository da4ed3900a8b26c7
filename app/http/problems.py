"""Refusals as problem documents (RFC 9457): the one table from errors to HTTP statuses, and the one shape of every error.

Owns the translation and nothing else; what is refused, and in which words, is decided where it is raised. An error that nobody
foresaw shows its request id and no more. Kept by ``tests/http/test_problems.py`` and
``tests/promises/test_http_error_shape.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenContentError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    ProfileError,
    RefusedError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnfitKeyError,
    UnsupportedMediaTypeError,
    UntrustedSignatureError,
)
from app.http.access_log import log_failure
from app.http.context import note_code, request_id

PROBLEM_MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer, Basic realm="breakwater"'
RETRY_AFTER_SECONDS = 5

STATUSES: Mapping[type[BreakwaterError], HTTPStatus] = {
    BreakwaterError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ConflictError: HTTPStatus.CONFLICT,
    ForbiddenContentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    MalformedInputError: HTTPStatus.BAD_REQUEST,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ProfileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    UnfitKeyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UntrustedSignatureError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""The status of each error. Codes refine errors and never change the status."""

_HEADERS: Mapping[HTTPStatus, Mapping[str, str]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": CHALLENGE},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_AFTER_SECONDS)},
}

_FROM_THE_LIBRARY: Mapping[int, tuple[Code, str]] = {
    HTTPStatus.NOT_FOUND: (Code.NOT_FOUND, NotFoundError().sentence),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        Code.METHOD_NOT_ALLOWED,
        "This route has no such method; the Allow header lists those it has.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (Code.BODY_TOO_LARGE, "The body is larger than this route reads."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (Code.MEDIA_TYPE_UNSUPPORTED, "This route does not read this media type."),
}
_UNREADABLE = (Code.REQUEST_INVALID, "The request cannot be read.")
_UNFORESEEN = "Something went wrong here, and it has been recorded. Quote the request id when you ask about it."


def problem(status: int, code: Code, sentence: str, pointer: str | None = None) -> Response:
    """Give the problem document of a refusal; ``pointer`` (RFC 6901, into the body) only where there is one."""
    note_code(code)
    document = {
        "type": f"urn:breakwater:problem:{code}",
        "title": title_of(code),
        "status": int(status),
        "detail": sentence,
        "code": code.value,
        "request_id": request_id(),
    }
    if pointer is not None:
        document["pointer"] = pointer
    response = Response(json.dumps(document), status=int(status), content_type=PROBLEM_MEDIA_TYPE)
    response.headers.update(_HEADERS.get(HTTPStatus(status), {}))
    return response


def title_of(code: Code) -> str:
    """Give the code in words: the same for every occurrence, as RFC 9457 §3.1.3 wants the title."""
    return code.replace("-", " ").capitalize().replace("Json", "JSON")


def status_of(error: BreakwaterError) -> HTTPStatus:
    """Give the status of an error: that of its class, or of the nearest class above it that the table has."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def answer_refusal(error: BreakwaterError) -> Response:
    """Answer an error of ours; one that means a mistake of ours is answered like any unforeseen one."""
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_unforeseen(error)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        log_failure(error)
    return problem(status, error.code, error.sentence, error.pointer)


def answer_http_exception(error: HTTPException) -> Response:
    """Answer what Flask, Werkzeug or flask-smorest refuse by themselves; their own texts may hold values and are dropped."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_unforeseen(error)
    response = problem(status, *_FROM_THE_LIBRARY.get(status, _UNREADABLE))
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return response


def answer_unforeseen(error: Exception) -> Response:
    """Answer a mistake of ours: the request id and nothing else; the log gets the error's kind and place, and no value."""
    log_failure(error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, Code.INTERNAL, _UNFORESEEN)


def install(app: Flask) -> None:
    """Answer every error of ``app`` with a problem document. Call it after flask-smorest, whose handler it replaces."""
    app.register_error_handler(BreakwaterError, answer_refusal)
    app.register_error_handler(HTTPException, answer_http_exception)
    app.register_error_handler(Exception, answer_unforeseen)
