"""What a request is answered with: the exchange of this application, and what is known of the request so far.

Owns the one place where Flask's globals are read for it. Kept by ``tests/web/test_context.py``.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping

from flask import Flask, current_app, g, request

from app.domain.partner import Principal
from app.services.exchange import Exchange

_EXTENSION = "breakwater"
MOUNTED_AT = "MOUNTED_AT"
"""In its configuration an application keeps below which prefix it answers, where it stands beside another."""
MOUNTED = "breakwater-mounted"
"""Under this name an application keeps those that answer beside it."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def attach(app: Flask, exchange: Exchange) -> None:
    """Let every request of ``app``, and of what is mounted beside it, be answered by ``exchange``."""
    for one in (app, *app.extensions.get(MOUNTED, ())):
        one.extensions[_EXTENSION] = exchange


def exchange() -> Exchange:
    """Give the exchange of the application that answers."""
    attached: Exchange = current_app.extensions[_EXTENSION]
    return attached


def principal() -> Principal:
    """Give the authenticated caller; only routes that are not public may ask."""
    caller: Principal = g.principal
    return caller


def find_principal() -> Principal | None:
    """Give the authenticated caller, None on public routes and before authentication."""
    caller: Principal | None = g.get("principal")
    return caller


def set_principal(caller: Principal) -> None:
    """Keep the caller for the rest of the request."""
    g.principal = caller


def request_id() -> str:
    """Give the request's id: the caller's ``X-Request-Id`` if it has the accepted form, else a new one."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    known: str = g.request_id
    return known


def rule() -> str:
    """Give the route's rule, e.g. ``/api/v1/objects/<stix_id>``; the path itself may be a selector and is never logged."""
    return f"{current_app.config.get(MOUNTED_AT, '')}{request.url_rule.rule}" if request.url_rule else "unmatched"


def note_code(code: str) -> None:
    """Remember the code of the refusal that this request is answered with."""
    g.code = code


def noted_code() -> str | None:
    """Give the code of the refusal that this request is answered with, None if it is none."""
    noted: str | None = g.get("code")
    return noted


def note_outcomes(outcomes: Iterable[str]) -> None:
    """Remember what became of the objects that this request submitted: a word for each."""
    g.objects = Counter(outcomes)


def noted_objects() -> Mapping[str, int]:
    """Give how often each of these words was; none where the request submitted nothing."""
    noted: Mapping[str, int] = g.get("objects", {})
    return noted


def is_head() -> bool:
    """Whether the request asks for the head of an answer alone (RFC 9110 §9.3.2)."""
    return request.method == "HEAD"
