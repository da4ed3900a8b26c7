"""What every request passes before its route runs, in this order: who asks, whether the route exists, right, parameters.

Owns default deny: a route that is not on the public list needs a principal, and one that names no permission is for nobody. The
body comes last, so that nobody without the right has one read. It is read here, before the route runs: whoever lets it wait is
asked anew who they are, for what was revoked meanwhile acts no more. What is wrong with it is refused by the route, but a signed
request's must be the signed one, and no such request comes twice. Kept by ``tests/web/test_gate.py``,
``tests/promises/test_http_default_deny.py`` and ``tests/promises/test_http_slow_bodies.py``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask import Flask, current_app, request

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.services.authenticate import authenticate, require
from app.services.authenticate_signed import SignedCaller, authenticate_signed, take_once
from app.services.proving.kept_checkpoint import require_open
from app.services.read_document import MAX_DOCUMENT_BYTES
from app.web.auth import PUBLIC, presented_token
from app.web.bodies import read_ahead, whole_body
from app.web.context import exchange, principal, set_principal
from app.web.signed import signed_parts

_SPEAKABLE = re.compile(r"[a-z_]{1,40}|match\[[a-z_]{1,40}\]", re.ASCII)
_EXTENSION = "breakwater-gate"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_MOMENT_SECONDS = 0.5
"""Reading a body for longer than this lets time pass in which somebody may have been shut out."""
_ID = re.compile(r"[\x21-\x7e]{1,300}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a route asks of a request: one of ``permissions`` (none: nobody passes), and which query parameters it knows.

    Of ``single`` parameters a request may have one each, of ``repeatable`` ones any number. A route that ``asks_later`` calls
    ``check_query`` itself, where its interface has other things to refuse before. One that ``goes_on_read_only`` writes also
    while the exchange takes nothing in. One ``for_everybody`` asks no permission of whoever is somebody.
    One for ``staff_alone`` is not there for anybody else, whatever permission they have or lack.
    """

    permissions: tuple[Permission, ...] = ()
    single: frozenset[str] = frozenset()
    repeatable: frozenset[str] = frozenset()
    max_body_bytes: int = MAX_DOCUMENT_BYTES
    asks_later: bool = False
    goes_on_read_only: bool = False
    for_everybody: bool = False
    staff_alone: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """How an application finds out who asks, and which endpoints answer without.

    ``identify`` sets the principal (``context.set_principal``), gives the signed request if it was one, and raises
    ``UnauthenticatedError``.
    """

    identify: Callable[[], SignedCaller | None]
    public: frozenset[str]


def install(app: Flask, door: Door | None = None) -> None:
    """Put the gate before every route of ``app``, present and future; without a ``door`` tokens and signed requests open it."""
    app.extensions[_EXTENSION] = door or Door(_by_token_or_signature, PUBLIC)
    app.before_request(_pass)


def _door() -> Door:
    door: Door = current_app.extensions[_EXTENSION]
    return door


def _identify() -> SignedCaller | None:
    return _door().identify()


def _is_public() -> bool:
    return request.endpoint in _door().public


def _pass() -> None:
    endpoint = request.endpoint
    signed = None if _is_public() else _identify()
    if request.routing_exception is not None or endpoint is None:
        raise request.routing_exception or NotFoundError
    _refuse_strange_ids((request.view_args or {}).values())
    terms = _terms_of(endpoint)
    _admit(terms)
    if not terms.asks_later:
        check_query()
    # One more than is taken: Werkzeug cuts a chunked body off at its limit without a word, so that what is too large by one byte
    # must be read to be seen.
    request.max_content_length = terms.max_body_bytes + 1
    if not _is_public() and (signed is not None or request.method not in _READING):
        signed = _wait_for_body(signed, terms)
    if signed is not None:
        take_once(exchange(), signed, whole_body())


def _admit(terms: Terms) -> None:
    """Let pass whoever has the right, while the exchange does what is asked."""
    if terms.staff_alone and not principal().is_staff:
        raise NotFoundError
    if not _is_public() and not terms.for_everybody:
        _require_one(principal(), terms.permissions)
    if request.method not in _READING and not terms.goes_on_read_only:
        require_open(exchange())


def _wait_for_body(signed: SignedCaller | None, terms: Terms) -> SignedCaller | None:
    """Read the body to its end; if that takes longer than a moment, whoever asks must still be somebody, with the right.

    Stops who opens a request, is shut out, and sends the rest. A signed request must be there whole while its signature is new.
    """
    begun = time.monotonic()
    read_ahead()
    if time.monotonic() - begun > _MOMENT_SECONDS:
        signed = _identify()
        _admit(terms)
    return signed


def _by_token_or_signature() -> SignedCaller | None:
    """Find out who asks. Gives the signed request, of which body and nonce are still to be checked; None with a token."""
    parts = signed_parts(exchange().duty.origin)
    if parts is None:
        set_principal(authenticate(exchange(), presented_token(request.headers.get("Authorization"))))
        return None
    signed = authenticate_signed(exchange(), parts)
    set_principal(signed.principal)
    return signed


def _refuse_strange_ids(values: Collection[str]) -> None:
    """Answer what cannot be an id like an id that nobody has; databases do not even take some of it (NUL)."""
    if not all(_ID.fullmatch(value) for value in values):
        raise NotFoundError


def _require_one(caller: Principal, permissions: tuple[Permission, ...]) -> None:
    if not permissions:
        raise ForbiddenError("This route is open to nobody.")
    if not any(why_forbidden(caller, permission) is None for permission in permissions):
        require(caller, permissions[0])


def _terms_of(endpoint: str | None) -> Terms:
    terms: Terms = getattr(current_app.view_functions[str(endpoint)], "terms", Terms())
    return terms


def check_query() -> None:
    """Refuse parameters that the route does not know or has twice: a mistyped filter must not widen a result. And a NUL in them.

    Raises:
        MalformedInputError: one of them is there.
    """
    terms = _terms_of(request.endpoint)
    for name, values in request.args.lists():
        if name not in terms.single | terms.repeatable:
            raise MalformedInputError(f"This route has no query parameter {_spoken(name)}.")
        if len(values) > 1 and name in terms.single:
            raise MalformedInputError(f"The query parameter {name} may be given once.")
        if any("\0" in value for value in values):  # PostgreSQL takes none
            raise MalformedInputError(f"The query parameter {name} holds what is no text.")


def _spoken(name: str) -> str:
    return name if _SPEAKABLE.fullmatch(name) else "of this name"
