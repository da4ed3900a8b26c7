"""Asking an OpenID provider: where it is reached, by which keys it signs, and who it was that came back with a code.

Owns reading its discovery document (OpenID Connect Discovery §4), the exchange of a code for an ID token (RFC 6749 §4.1.3, RFC
7636) and that only the scope ``openid`` is asked for: no name, no address. Access tokens are thrown away. Kept by
``tests/services/signing_in/test_ask_provider.py``.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from app.crypto.id_tokens import Expected, subject_of
from app.crypto.pkce import challenge_of, nonce_of, verifier_of
from app.domain.errors import UnavailableError
from app.domain.openid import OpenIdFault, OpenIdProvider, OpenIdRefusedError
from app.egress.connection import Request
from app.egress.fetch import FetchError
from app.services.exchange import Exchange

AWAY = "This way to sign in cannot be reached now. Use another one, or try again in a minute."
_DISCOVERY = "/.well-known/openid-configuration"
_URL = re.compile(r"https://[A-Za-z0-9.-]{1,253}(:[1-9][0-9]{0,4})?(/[!$-.0-;=?-Z_a-z~]*)?(\?[!$-.0-;=?-Z_a-z~/]*)?", re.ASCII)
_LONGEST_URL = 1_000
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is reached, as it says; ``names_itself`` in its answers (RFC 9207), ``takes_basic`` as HTTP has it."""

    authorization: str
    token: str
    keys: str
    names_itself: bool
    takes_basic: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """With what somebody came back from a provider, unverified; what is absent is empty. ``secret`` is their browser's."""

    provider: str
    state: str = field(repr=False)
    code: str = field(repr=False)
    issuer: str
    error: str
    secret: str = field(repr=False)


def provider_named(exchange: Exchange, name: str) -> OpenIdProvider | None:
    """Give the provider of a name (unverified), None if there is none."""
    return next((one for one in exchange.providers if one.name == name), None)


def answer_address(exchange: Exchange, provider: OpenIdProvider) -> str:
    """Give where a provider sends people back to: one address for each, so that none answers for another (RFC 9700 §4.4)."""
    return f"{exchange.duty.portal_origin}/portal/sign-in/elsewhere/{provider.name}/answer"


def endpoints_of(exchange: Exchange, provider: OpenIdProvider, now: datetime) -> Endpoints:
    """Give where a provider is reached; raises ``UnavailableError`` where it does not say so in a way that counts."""
    content = _document(exchange, provider.issuer.removesuffix("/") + _DISCOVERY, now)
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or said.get("issuer") != provider.issuer or not all(_is_url(said.get(n)) for n in _ENDPOINTS):
        raise UnavailableError(AWAY)
    if "S256" not in _listed(said, "code_challenge_methods_supported", ["S256"]):
        raise UnavailableError(AWAY)
    authorization, token, keys = (said[name] for name in _ENDPOINTS)
    names_itself = said.get("authorization_response_iss_parameter_supported") is True
    ways = _listed(said, "token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Endpoints(authorization, token, keys, names_itself, "client_secret_basic" in ways)


def address_to_leave_for(exchange: Exchange, provider: OpenIdProvider, state: str, secret: str, now: datetime) -> str:
    """Give the address at which a browser asks a provider who it is; raises ``UnavailableError``."""
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": answer_address(exchange, provider),
        "state": state,
        "nonce": nonce_of(secret, state),
        "code_challenge": challenge_of(secret, state),
        "code_challenge_method": "S256",
    }
    at = endpoints_of(exchange, provider, now).authorization
    return f"{at}{'&' if '?' in at else '?'}{urlencode(asked)}"


def subject_who_returned(exchange: Exchange, provider: OpenIdProvider, returned: Returned, now: datetime) -> str:
    """Give the subject who came back; the caller has taken their attempt, so that state and browser belong together.

    Raises:
        OpenIdRefusedError: what came back does not count.
        UnavailableError: the provider does not say where it is reached, or by which keys it signs.
    """
    endpoints = endpoints_of(exchange, provider, now)
    # (1) The answer is this provider's, as far as it says so (RFC 9207 §2.4).
    if (returned.issuer or endpoints.names_itself) and returned.issuer != provider.issuer:
        raise OpenIdRefusedError(OpenIdFault.ISSUER)
    if returned.error or not returned.code:
        raise OpenIdRefusedError(OpenIdFault.REFUSED_THERE)
    # (2) The code, for which only this browser's secret has the verifier.
    token = _token(exchange, provider, endpoints, returned)
    # (3) The token, by the provider's keys; a key that is not there may be new.
    expected = Expected(provider.issuer, provider.client_id, nonce_of(returned.secret, returned.state))
    try:
        return subject_of(token, _document(exchange, endpoints.keys, now), expected, now)
    except OpenIdRefusedError as exc:
        if exc.fault is not OpenIdFault.KEY_UNKNOWN:
            raise
    return subject_of(token, _document(exchange, endpoints.keys, now, anew=True), expected, now)


def _token(exchange: Exchange, provider: OpenIdProvider, endpoints: Endpoints, returned: Returned) -> str:
    given = {
        "grant_type": "authorization_code",
        "code": returned.code,
        "redirect_uri": answer_address(exchange, provider),
        "code_verifier": verifier_of(returned.secret, returned.state),
    }
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    if endpoints.takes_basic:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        given |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    try:
        said = json.loads(exchange.provider_calls.send(endpoints.token, Request("POST", headers, urlencode(given).encode())))
    except (FetchError, ValueError, RecursionError):
        said = None
    token = said.get("id_token") if isinstance(said, dict) else None
    if not isinstance(token, str):
        raise OpenIdRefusedError(OpenIdFault.NO_TOKEN)
    return token


def _document(exchange: Exchange, url: str, now: datetime, *, anew: bool = False) -> bytes:
    try:
        return exchange.provider_calls.document(url, now, anew=anew)
    except FetchError:
        raise UnavailableError(AWAY) from None


def _is_url(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_URL and _URL.fullmatch(value) is not None


def _listed(said: dict[str, Any], name: str, otherwise: list[str]) -> list[Any]:
    value = said.get(name, otherwise)
    return value if isinstance(value, list) else []
