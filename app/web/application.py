"""What stands around every interface of one application: the exchange, the log, metrics, headers, the gate, refusals.

Owns the order in which they are put there; the interfaces add their routes afterwards, all of them behind the same gate. Kept by
``tests/web/test_application.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app.services.exchange import Exchange
from app.web import access_log, context, gate, headers, metrics, refusals, traces, waiting
from app.web.context import MOUNTED, MOUNTED_AT
from app.web.gate import Door
from app.web.refusals import Shape


@dataclass(frozen=True, slots=True)
class Logging:
    """From which level on requests are logged, and in which form."""

    level: str
    form: str


def install(app: Flask, exchange: Exchange, logged: Logging, shapes: Mapping[str, Shape], door: Door | None = None) -> None:
    """Let ``app`` answer for ``exchange``; ``shapes`` write its refusals (``refusals.install``), ``door`` is the gate's."""
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # a redirect would answer before anybody is asked who they are
    context.attach(app, exchange)
    access_log.install(app, logged.level, logged.form)
    metrics.install(app)
    traces.install(app, exchange.tracer)
    headers.install(app)
    waiting.install(app)
    gate.install(app, door)
    refusals.install(app, shapes)


def lead_browsers(app: Flask, to: str) -> None:
    """Lead whoever opens ``/`` and asks for HTML to a path: it is a person, with a browser. To be called before ``install``."""
    app.before_request(partial(_lead_browser, to))


def _lead_browser(to: str) -> Response | None:
    wants_pages = any(kind == "text/html" for kind, _ in request.accept_mimetypes)
    if request.path != "/" or request.method not in {"GET", "HEAD"} or not wants_pages:
        return None
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{request.script_root}{to}"})


def mount(app: Flask, prefix: str, other: Flask) -> None:
    """Let another application answer below ``prefix``, with a gate of its own: who may ask the one is nobody to the other."""
    app.extensions.setdefault(MOUNTED, []).append(other)
    other.config[MOUNTED_AT] = prefix
    metrics.share(app, other)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {prefix: other.wsgi_app})  # type: ignore[method-assign]  # Flask's own way
