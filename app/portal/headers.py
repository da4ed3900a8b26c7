"""Headers of every page: nothing but this host's own files runs or shows, and no other site frames or reads it.

Kept by ``tests/portal/test_headers.py``.
"""

from __future__ import annotations

from flask import Response

from app.web.context import exchange

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def set_headers(response: Response) -> Response:
    """Set what browsers may do with an answer of the portal."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers.pop("WWW-Authenticate", None)  # a browser would ask for a password in a window of its own
    if exchange().duty.origin.startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
