"""Tokens that stand for identifiers within a sharing group, and the keys by which its members make them.

Owns the bytes of scheme 1: HMAC-SHA256 under the key of an epoch over scheme, kind and identifier, so that no token of one kind
is another's. How an identifier is written first is ``app/domain/token_value.py``'s. Tokens are pseudonyms: whoever has the key
tries all phone numbers out within hours (``docs/group-tokens.md``). Kept by ``tests/crypto/test_group_tokens.py`` with the
published vectors.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from app.domain.token_value import TokenKind
from breakwater_client.trust.strict_base64 import encode_base64url

SCHEME = "breakwater-hmac-sha256-1"
"""The name of this way of making tokens, which objects bear as ``scheme``."""

_PREFIX = "bwtk_"
_KEY_BYTES = 32
_KEY = re.compile(rf"{_PREFIX}([0-9a-f]{{64}})", re.ASCII)
_EPOCH_CHARACTERS = 16


def new_group_key() -> bytes:
    """Give a new key: 32 random bytes."""
    return secrets.token_bytes(_KEY_BYTES)


def key_text(key: bytes) -> str:
    """Give a key as members are given it: ``bwtk_`` and its bytes in hexadecimal. Secret scanners find the prefix."""
    return _PREFIX + key.hex()


def key_of_text(text: str) -> bytes | None:
    """Give the key of an unverified text, None if it is none."""
    found = _KEY.fullmatch(text)
    return None if found is None else bytes.fromhex(found.group(1))


def epoch_of_key(key: bytes) -> str:
    """Give the name of a key's epoch: 16 characters in hexadecimal that depend on the key and tell nothing of it.

    So whoever has several keys finds the one of a token, and sees where a key does not belong to the name that it came with.
    """
    return hmac.digest(key, f"{SCHEME}\nepoch".encode(), hashlib.sha256).hex()[:_EPOCH_CHARACTERS]


def token_of(key: bytes, kind: TokenKind, written: str) -> str:
    """Give the token (43 characters of base64url) of an identifier that ``written_for_token`` has written."""
    message = f"{SCHEME}\ntoken\n{kind}\n{written}".encode()
    return encode_base64url(hmac.digest(key, message, hashlib.sha256))
