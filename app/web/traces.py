"""A span for each request, where traces are asked for: method, route's rule, status and code, and no more.

Kept by ``tests/web/test_traces.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, g

from app.tracing.port import Attribute, Span, Tracer
from app.web.access_log import method
from app.web.context import exchange, noted_code, rule


def install(app: Flask, tracer: Tracer) -> None:
    """Trace every request of ``app``; where nothing is traced, nothing is put in its way."""
    if tracer.is_on:
        app.before_request(_begin)
        app.after_request(_finish)
        app.teardown_request(_end)


def _begin() -> None:
    name = f"{method()} {rule()}"
    about = {Attribute.METHOD: method(), Attribute.ROUTE: rule()}
    g.span = exchange().tracer.begin(name, about, is_request=True)


def _finish(response: Response) -> Response:
    begun: Span | None = g.get("span")
    if begun is None:
        return response
    code = noted_code()
    g.answered = {Attribute.STATUS: response.status_code} | ({Attribute.CODE: code} if code else {})
    if response.is_streamed:  # it is made while it leaves, when the request is over for Flask
        answered, failed = g.answered, _is_ours(response.status_code)
        g.span = None
        response.call_on_close(lambda: begun.end(answered, failed=failed))
    return response


def _end(_error: BaseException | None) -> None:
    begun: Span | None = g.pop("span", None)
    if begun is not None:
        answered = g.get("answered", {})
        begun.end(answered, failed=_is_ours(answered.get(Attribute.STATUS, HTTPStatus.INTERNAL_SERVER_ERROR)))


def _is_ours(status: int) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR
