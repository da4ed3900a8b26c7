"""The access log: one line on standard error for each request, and one for each failure of ours.

Owns what may be logged of a request: method, the route's *rule* (paths hold ids, and an id can be a selector), status, code,
duration, request id, credential id. Never a path, query string, body, header or token, and of an exception its kind and place,
not its text. Kept by ``tests/web/test_access_log.py``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, request

from app.domain.errors import Code
from app.redaction.failures import kinds, places
from app.redaction.labels import begin_request, end
from app.redaction.lines import Form, line, write
from app.web.context import find_principal, noted_code, request_id, rule

_EXTENSION = "breakwater-log"
_LOGGER = "breakwater.access"
_MOST_PLACES = 8
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class _AccessLog:
    def __init__(self, level: str, form: Form) -> None:
        self._least = logging.getLevelName(level.upper())
        self._form = form

    def write(self, level: int, message: str, **members: Any) -> None:
        if level >= self._least:
            write(line(self._form, logging.getLevelName(level).lower(), _LOGGER, message, members))


def install(app: Flask, level: str, form: str = Form.JSON) -> None:
    """Log every request of ``app`` that is at least as grave as ``level`` (``debug`` … ``error``), as lines of a form."""
    app.extensions[_EXTENSION] = _AccessLog(level, Form(form))
    app.before_request(_start)
    app.after_request(_finish)
    app.teardown_request(_end)


def _start() -> None:
    g.started = time.perf_counter()
    begin_request(request_id())


def _end(_error: BaseException | None) -> None:
    if not g.get("leaves_later", False):
        end()


def seconds_so_far() -> float:
    """Give how long the request has taken until now."""
    elapsed: float = time.perf_counter() - g.get("started", time.perf_counter())
    return elapsed


def method() -> str:
    """Give the request's method, ``OTHER`` for what no route has: a method may be any text."""
    return request.method if request.method in METHODS else "OTHER"


def _finish(response: Response) -> Response:
    grave = response.status_code >= 500  # noqa: PLR2004  # where HTTP's server errors begin
    _log().write(
        logging.ERROR if grave else logging.INFO,
        "request",
        **_about_the_request(),
        status=response.status_code,
        code=noted_code(),
        milliseconds=round(seconds_so_far() * 1000, 1),
    )
    if response.is_streamed:  # it is made while it leaves, when the request is over for Flask
        g.leaves_later = True
        response.call_on_close(end)
    return response


def _log() -> _AccessLog:
    kept: _AccessLog = current_app.extensions[_EXTENSION]
    return kept


def log_failure(error: Exception) -> None:
    """Log that something of ours failed: the exception's kind and the places it passed, never its text."""
    where = places(error.__traceback__, _MOST_PLACES)
    _log().write(logging.ERROR, "failure", **_about_the_request(), exception=kinds(error), places=where)


def log_of_breaking_off() -> Callable[[Code], None]:
    """Give a way to log that the answer to this request was broken off while it left, for when the request is not at hand."""
    kept, about = _log(), _about_the_request()

    def log(code: Code) -> None:
        kept.write(logging.INFO, "broken-off", **about, code=code)

    return log


def _about_the_request() -> dict[str, Any]:
    caller = find_principal()
    return {
        "method": method(),
        "route": rule(),
        "request_id": request_id(),
        "credential": caller.credential.credential_id if caller else None,
    }
