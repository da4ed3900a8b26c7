"""The access log: one JSON line on standard error for each request, and one for each failure of ours.

Owns what may be logged of a request: method, the route's *rule* (paths hold ids, and an id can be a selector), status, code,
duration, request id, credential id. Never a path, query string, body, header or token, and of an exception its kind and place,
not its text. Kept by ``tests/web/test_access_log.py``.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request

from app.domain.errors import Code
from app.redaction.failures import kinds, places
from app.redaction.records import redact_event
from app.web.context import find_principal, noted_code, request_id, rule

_EXTENSION = "breakwater-log"
_MOST_PLACES = 8
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


def install(app: Flask, level: str) -> None:
    """Log every request of ``app`` that is at least as grave as ``level`` (``debug`` … ``error``)."""
    app.extensions[_EXTENSION] = _logger(level)
    app.before_request(_start)
    app.after_request(_finish)


def _logger(level: str) -> Any:
    return structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact_event,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
    )


def _start() -> None:
    g.started = time.perf_counter()


def seconds_so_far() -> float:
    """Give how long the request has taken until now."""
    elapsed: float = time.perf_counter() - g.get("started", time.perf_counter())
    return elapsed


def method() -> str:
    """Give the request's method, ``OTHER`` for what no route has: a method may be any text."""
    return request.method if request.method in METHODS else "OTHER"


def _finish(response: Response) -> Response:
    write = current_app.extensions[_EXTENSION]
    grave = response.status_code >= 500  # noqa: PLR2004  # where HTTP's server errors begin
    (write.error if grave else write.info)(
        "request",
        **_about_the_request(),
        status=response.status_code,
        code=noted_code(),
        milliseconds=round(seconds_so_far() * 1000, 1),
    )
    return response


def log_failure(error: Exception) -> None:
    """Log that something of ours failed: the exception's kind and the places it passed, never its text."""
    where = places(error.__traceback__, _MOST_PLACES)
    current_app.extensions[_EXTENSION].error("failure", **_about_the_request(), exception=kinds(error), places=where)


def log_of_breaking_off() -> Callable[[Code], None]:
    """Give a way to log that the answer to this request was broken off while it left, for when the request is not at hand."""
    write, about = current_app.extensions[_EXTENSION], _about_the_request()

    def log(code: Code) -> None:
        write.info("broken-off", **about, code=code)

    return log


def _about_the_request() -> dict[str, Any]:
    caller = find_principal()
    return {
        "method": method(),
        "route": rule(),
        "request_id": request_id(),
        "credential": caller.credential.credential_id if caller else None,
    }
