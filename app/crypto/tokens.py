"""API tokens: making one, and the digest by which it is stored and found.

Owns the form of the secret only; scopes, expiry and revocation are in the credential's record. A token is 256 random bits, so a
plain SHA-256 is enough at rest and no slow password hash is spent on each request. Kept by ``tests/crypto/test_tokens.py``.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_RANDOM_BYTES = 32
_FORM = re.compile("(bws?)_[A-Za-z0-9_-]{43}", re.ASCII)
SESSION = "bws"
"""The prefix of a portal session's secret, so that none counts as an API token, nor a token as a session."""


def new_token(prefix: str = "bw") -> str:
    """Give a new secret, ``prefix`` + ``_`` + 43 characters of base64url; shown once and never stored.

    The prefix lets secret scanners find leaked tokens.
    """
    return f"{prefix}_{secrets.token_urlsafe(_RANDOM_BYTES)}"


def has_token_form(text: str, prefix: str = "bw") -> bool:
    """Whether an unverified text looks like a token of the exchange; nothing else is one, whatever digest somebody had kept."""
    found = _FORM.fullmatch(text)
    return found is not None and found[1] == prefix


def token_digest(token: str) -> bytes:
    """Give the SHA-256 (32 bytes) under which a token is stored and looked up; ``token`` is unverified and may be any text."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()  # a bad header must be a 401, never an error
