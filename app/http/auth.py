"""Who is asking: the token of a request, and the one list of routes that answer without one.

Owns reading the ``Authorization`` header: Bearer and Token (RFC 6750, and what TAXII clients send), or Basic with the token as
password (RFC 7617; the name before it is ignored). Whether the token is good is ``services.authenticate``'s. Kept by
``tests/http/test_auth.py`` and ``tests/promises/test_http_default_deny.py``.
"""

from __future__ import annotations

from werkzeug.datastructures import Authorization

PUBLIC = frozenset(
    {
        "documentation.asset",
        "documentation.openapi",
        "documentation.page",
        "exchange.show",
        "health.live",
        "health.ready",
    }
)
"""Endpoints that need no principal. Every other route, known or not, answers 401 without one."""


def presented_token(authorization: Authorization | None) -> str | None:
    """Give the token that a request presents (unverified), None if there is none or it cannot be read."""
    if authorization is None:
        return None
    if authorization.type == "basic":
        return authorization.password
    return authorization.token if authorization.type in {"bearer", "token"} else None
