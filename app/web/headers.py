"""Headers of every answer: the request id, and what browsers and caches may do with it.

Owns them for the whole application; a route may set its own content security policy (the documentation page does). Kept by
``tests/web/test_headers.py``.
"""

from __future__ import annotations

from flask import Flask, Response

from app.web.context import request_id

NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'"


def install(app: Flask) -> None:
    """Set the headers of every answer of ``app``."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers.setdefault("Content-Security-Policy", NOTHING_ALLOWED)
    # What is answered depends on who asks and on today's policy: no cache may give it to anybody else, or later.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
