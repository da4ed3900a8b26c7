"""Who is asking: the token of a request, and the one list of routes that answer without one.

Owns reading the ``Authorization`` header: Bearer and Token (RFC 6750, and what TAXII clients send), or Basic with the token as
password (RFC 7617; the name before it is ignored). Whether the token is good is ``services.authenticate``'s. Kept by
``tests/web/test_auth.py`` and ``tests/promises/test_http_default_deny.py``.
"""

from __future__ import annotations

import base64

PUBLIC = frozenset(
    {
        "catalogue.find_release",
        "catalogue.find_releases",
        "catalogue.newest",
        "catalogue.stix",
        "catalogue_forms.changes",
        "catalogue_forms.navigator_data",
        "catalogue_forms.navigator_layer",
        "documentation.asset",
        "documentation.openapi",
        "documentation.page",
        "exchange.show",
        "health.live",
        "health.ready",
    }
)
"""Endpoints that need no principal. Every other route, known or not, answers 401 without one."""


def presented_token(authorization: str | None) -> str | None:
    """Give the token of an ``Authorization`` header (unverified text), None if there is none or it cannot be read.

    Not Werkzeug's reading of the header: that one raises on Basic credentials that are not ASCII.
    """
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() == "basic":
        return _password(given.strip())
    return given.strip() or None if scheme.lower() in {"bearer", "token"} else None


def _password(given: str) -> str | None:
    try:
        _, colon, password = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return None
    return password if colon else None
