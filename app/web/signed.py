"""A signed request as its signature may cover it: method, address and headers as they came.

Owns what of it is believed: the address is the configured origin with the path and query of the request line, never ``Host`` or
a forwarding header. Whether the signature is good is ``services.authenticate_signed``'s. Kept by ``tests/web/test_signed.py``.
"""

from __future__ import annotations

from typing import NoReturn

from flask import request

from app.domain.errors import Code, UnauthenticatedError
from app.services.authenticate_signed import RequestParts

REPEATED = "breakwater-repeated"
"""Set by our server (``cli.gunicorn_server``) on requests that have twice a header which comes once; who sends it is refused."""


def signed_parts(origin: str) -> RequestParts | None:
    """Give the parts of the request if it is signed, None if it has neither of the two headers.

    ``origin`` is how partners reach the exchange.

    Raises:
        UnauthenticatedError: it is signed and carries a token too, or repeats a header, or names no path.
    """
    headers = {name.lower(): value for name, value in request.headers}
    if "signature" not in headers and "signature-input" not in headers:
        return None
    if "authorization" in headers:
        _refuse("A request is signed or carries an Authorization header, not both.")
    if REPEATED in headers:
        _refuse("A signed request has each header once.")
    # As on the request line: what WSGI gives as the path is decoded already, and two spellings would look alike.
    target = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    if not target.startswith("/") or "#" in target:
        _refuse("A signed request names a path and query on its request line.")
    return RequestParts.at(origin, request.method, target, headers.items())


def _refuse(sentence: str) -> NoReturn:
    raise UnauthenticatedError(sentence, code=Code.REQUEST_SIGNATURE_INVALID)
