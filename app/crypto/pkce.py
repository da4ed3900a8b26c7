"""What binds a provider's answer to the browser that asked: all of it is made of one secret that only that browser has.

Owns the derivations: the nonce of OpenID Connect, and verifier and challenge of PKCE (RFC 7636, S256), each from the secret and
the state. So whoever reads the exchange's database finds nothing to go on with. Kept by ``tests/crypto/test_pkce.py``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from breakwater_client.trust.strict_base64 import encode_base64url

_FORM = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_browser_secret() -> str:
    """Give 32 random bytes in base64url."""
    return secrets.token_urlsafe(32)


def has_secret_form(text: str) -> bool:
    """Whether an unverified text has the form of a state, or of a browser's secret."""
    return _FORM.fullmatch(text) is not None


def nonce_of(secret: str, state: str) -> str:
    """Give the nonce that the ID token has to repeat."""
    return _derived(secret, "nonce", state)


def verifier_of(secret: str, state: str) -> str:
    """Give PKCE's verifier, which is shown to the provider with the code."""
    return _derived(secret, "verifier", state)


def challenge_of(secret: str, state: str) -> str:
    """Give PKCE's challenge of that verifier (RFC 7636 §4.2, S256)."""
    return encode_base64url(hashlib.sha256(verifier_of(secret, state).encode()).digest())


def _derived(secret: str, use: str, state: str) -> str:
    return hmac.new(secret.encode(), f"{use}\0{state}".encode(), hashlib.sha256).hexdigest()
