"""From errors to refusals over HTTP: the one table of statuses, the words for what libraries refuse, and who writes the answer.

Owns status, code and headers of every refusal; each interface writes its own document of them (``Shape``), chosen by the path of
the request, so that what no route answers has the shape of the interface it was asked of. An error that nobody foresaw shows its
request id and no more. Kept by ``tests/web/test_refusals.py`` and ``tests/promises/test_http_error_shape.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    DepotError,
    DepotFullError,
    DepotRefusedError,
    ExhaustedError,
    ForbiddenContentError,
    ForbiddenError,
    GoneError,
    MalformedInputError,
    NotAcceptableError,
    NotFoundError,
    ProfileError,
    RangeError,
    ReadOnlyError,
    RefusedError,
    SignerRefusedError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnfitKeyError,
    UnprovenError,
    UnsupportedMediaTypeError,
    UntrustedSignatureError,
)
from app.web.access_log import log_failure
from app.web.context import note_code

CHALLENGE = 'Bearer realm="breakwater", Basic realm="breakwater", charset="UTF-8"'
RETRY_AFTER_SECONDS = 5
READ_ONLY_RETRY_AFTER_SECONDS = 300  # it takes people to look
STATUSES: Mapping[type[BreakwaterError], HTTPStatus] = {
    BreakwaterError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ConflictError: HTTPStatus.CONFLICT,
    DepotError: HTTPStatus.SERVICE_UNAVAILABLE,
    DepotFullError: HTTPStatus.SERVICE_UNAVAILABLE,
    DepotRefusedError: HTTPStatus.SERVICE_UNAVAILABLE,
    ExhaustedError: HTTPStatus.TOO_MANY_REQUESTS,
    ForbiddenContentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    GoneError: HTTPStatus.GONE,
    MalformedInputError: HTTPStatus.BAD_REQUEST,
    NotAcceptableError: HTTPStatus.NOT_ACCEPTABLE,
    NotFoundError: HTTPStatus.NOT_FOUND,
    RangeError: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    ReadOnlyError: HTTPStatus.SERVICE_UNAVAILABLE,
    ProfileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SignerRefusedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    UnfitKeyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnprovenError: HTTPStatus.UNPROCESSABLE_ENTITY,
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


@dataclass(frozen=True, slots=True)
class Refused:
    """What a refusal says; ``pointer`` (RFC 6901, into the body) only where there is one."""

    status: HTTPStatus | int
    code: Code
    sentence: str
    pointer: str | None = None

    @property
    def title(self) -> str:
        """The code in words: the same for every occurrence, as RFC 9457 §3.1.3 wants a title."""
        return self.code.replace("-", " ").capitalize().replace("Json", "JSON")


Shape = Callable[[Refused], Response]
"""Writes the document of a refusal, with its status and media type; headers that go with the status are added afterwards."""


def status_of(error: BreakwaterError) -> HTTPStatus:
    """Give the status of an error: that of its class, or of the nearest class above it that the table has."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def refused(error: Exception) -> Refused:
    """Give what is said of an error; of a mistake of ours nothing, and the log gets its kind and place.

    What Flask, Werkzeug or flask-smorest refuse by themselves is said in our words: theirs may hold values.
    """
    if isinstance(error, HTTPException):
        status: int = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        said = Refused(status, *_FROM_THE_LIBRARY.get(status, _UNREADABLE))
    elif isinstance(error, BreakwaterError):
        said = Refused(status_of(error), error.code, error.sentence, error.pointer)
    else:
        said = _unforeseen()
    if said.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log_failure(error)
        return said if said.status == HTTPStatus.SERVICE_UNAVAILABLE and isinstance(error, UnavailableError) else _unforeseen()
    return said


def _unforeseen() -> Refused:
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, Code.INTERNAL, _UNFORESEEN)


def install(app: Flask, shapes: Mapping[str, Shape]) -> None:
    """Answer every error of ``app``; ``shapes`` are by the beginning of paths, and ``""`` is for whatever else was asked.

    Call it after whatever brings error handlers of its own, which it replaces.
    """
    longest_first = sorted(shapes, key=len, reverse=True)

    def answer(error: Exception) -> Response:
        said = refused(error)
        note_code(said.code)
        response = shapes[next(one for one in longest_first if request.path.startswith(one))](said)
        response.headers.update(_HEADERS.get(HTTPStatus(said.status), {}))
        if said.code is Code.EXCHANGE_READ_ONLY:
            response.headers["Retry-After"] = str(READ_ONLY_RETRY_AFTER_SECONDS)
        if isinstance(error, ExhaustedError):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        if isinstance(error, RangeError):
            response.headers["Content-Range"] = f"bytes */{error.size}"
        if said.status == HTTPStatus.METHOD_NOT_ALLOWED and isinstance(error, HTTPException):
            response.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
        return response

    for kind in (BreakwaterError, HTTPException, Exception):
        app.register_error_handler(kind, answer)
