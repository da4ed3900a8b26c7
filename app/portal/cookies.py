"""The cookie that holds a session's secret, who asks by it, and that nobody else's page sends forms here.

Owns the cookie's terms (HttpOnly, SameSite=Strict; Secure and the ``__Host-`` prefix wherever the exchange is reached by HTTPS)
and the two fences against forged requests: where a browser says the request comes from (``Sec-Fetch-Site``, else ``Origin``), and
a word in each form that is derived from the session's secret. Kept by ``tests/portal/test_cookies.py``.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Response, g, request

from app.domain.errors import ForbiddenError
from app.domain.openid import ATTEMPT_LASTS
from app.domain.sign_in import SESSION_LASTS
from app.services.authenticate_signed import SignedCaller
from app.services.signing_in.sessions import SignedIn, find_session
from app.web.context import exchange, set_principal

FORGERY_FIELD = "forgery_word"
_AWAY_SECONDS = int(ATTEMPT_LASTS.total_seconds())
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def identify() -> SignedCaller | None:
    """Let whoever's session the cookie names be the one who asks; raises ``UnauthenticatedError`` for nobody's."""
    found = find_session(exchange(), session_secret())
    g.signed_in = found
    set_principal(found.principal)
    return None


def signed_in() -> SignedIn:
    """Give who asks; only pages that are not public may."""
    found: SignedIn = g.signed_in
    return found


def find_signed_in() -> SignedIn | None:
    """Give who asks, None on public pages and before anybody was looked for."""
    found: SignedIn | None = g.get("signed_in")
    return found


def session_secret() -> str | None:
    """Give the secret of the cookie (unverified), None if there is none."""
    return request.cookies.get(_name())


def give_session(response: Response, secret: str) -> Response:
    """Let the browser have a session from now on."""
    life = int(SESSION_LASTS.total_seconds())
    response.set_cookie(_name(), secret, max_age=life, secure=_is_https(), httponly=True, samesite="Strict", path="/")
    return response


def take_session(response: Response) -> Response:
    """Let the browser have no session any more."""
    response.delete_cookie(_name(), secure=_is_https(), httponly=True, samesite="Strict", path="/")
    return response


def away_secret() -> str:
    """Give the secret (unverified) that the browser kept while its person was with a provider, empty if there is none."""
    return request.cookies.get(_name_of_away(), "")


def give_away_secret(response: Response, secret: str) -> Response:
    """Let the browser have a secret while its person is with a provider.

    ``SameSite=Lax``, for they come back by another site's hand; the form that they then send is ours, and opens nothing alone.
    """
    kept = (_name_of_away(), secret, _AWAY_SECONDS)
    response.set_cookie(*kept, secure=_is_https(), httponly=True, samesite="Lax", path="/")
    return response


def take_away_secret(response: Response) -> Response:
    """Let the browser have that secret no more."""
    response.delete_cookie(_name_of_away(), secure=_is_https(), httponly=True, samesite="Lax", path="/")
    return response


def forgery_word() -> str:
    """Give the word that forms of this session carry; without a session an empty one, and only the browser's word counts."""
    secret = session_secret() if find_signed_in() else None
    return hmac.new(secret.encode(), b"forms", hashlib.sha256).hexdigest() if secret else ""


def require_same_site() -> None:
    """Refuse what changes something and was sent by another site's page; runs after the gate.

    Raises:
        ForbiddenError: the browser says so, or the session's word is not in it.
    """
    if request.method in _READING:
        return
    given = request.form.get(FORGERY_FIELD, "")
    if not is_from_here() or not hmac.compare_digest(given.encode(), forgery_word().encode()):
        raise ForbiddenError(
            "This form did not come from a page of your session here. Go back, load the page anew, and send it again."
        )


def is_from_here() -> bool:
    """Whether a page of the portal sent the request, as the browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site is not None else request.headers.get("Origin") in _own_origins()


def _own_origins() -> set[str]:
    """Give where pages of the portal come from: on one's own machine its name, and its number by which programs reach it."""
    return {exchange().duty.origin, exchange().duty.portal_origin}


def _name() -> str:
    return "__Host-breakwater" if _is_https() else "breakwater"


def _name_of_away() -> str:
    return f"{_name()}-away"


def _is_https() -> bool:
    return exchange().duty.origin.startswith("https://")
