"""Sealed cursors: positions that a client carries but can neither read nor change.

Owns the sealing of short texts with AES-SIV (RFC 5297). Deterministic on purpose: the same position for the same caller is the
same text, so responses stay comparable and cacheable. Does not know what a cursor says, and does not expire it. Kept by
``tests/crypto/test_seal.py``.

A sealed text is base64url of: key id (4 bytes) ‖ synthetic IV (16 bytes) ‖ ciphertext. Its length shows the plaintext's length,
so callers use a fixed width for what
its holder must not know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from app.domain.errors import BreakwaterError, Code, MalformedInputError
from breakwater_client.trust.strict_base64 import decode_base64url, encode_base64url

_KEY_BYTES = 64
_KEY_ID_BYTES = 4
_IV_BYTES = 16
# No longer than a line of a request can be.
_MAX_TEXT_CHARACTERS = 8_192
MAX_PLAINTEXT_BYTES = _MAX_TEXT_CHARACTERS * 3 // 4 - _KEY_ID_BYTES - _IV_BYTES
"""So much can be sealed into one text."""

_DOMAIN = b"breakwater-cursor"


class CursorSealer:
    """Seals with the first key and opens with every key, so that cursors of retired keys stay good. Safe to share by threads."""

    __slots__ = ("_ciphers", "_current")

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the sealing keys, 64 random bytes each, the current one first.

        Raises:
            BreakwaterError: no key, one of another length, or one that is there twice.
        """
        self._ciphers = {_key_id(key): AESSIV(key) for key in keys if len(key) == _KEY_BYTES}
        if not keys or len(self._ciphers) != len(keys):
            raise BreakwaterError("Sealing needs at least one key; each has 64 bytes and is listed once.")
        self._current = _key_id(keys[0])

    def seal(self, plaintext: bytes, context: bytes) -> str:
        """Give the sealed text (base64url, no padding, at most 8,192 characters), good only together with ``context``.

        ``context`` binds it to its place and holder: partner, route, collection and filters, in one unambiguous encoding.

        Raises:
            BreakwaterError: ``plaintext`` has more than ``MAX_PLAINTEXT_BYTES``: a mistake of the caller.
        """
        if len(plaintext) > MAX_PLAINTEXT_BYTES:
            raise BreakwaterError("A cursor is too long to be sealed.")
        sealed = self._ciphers[self._current].encrypt(plaintext, [_DOMAIN, context])
        return encode_base64url(self._current + sealed)

    def open(self, text: str, context: bytes) -> bytes:
        """Give the plaintext of a sealed ``text`` (unverified) if it was sealed here for this ``context``.

        Raises:
            MalformedInputError: code ``cursor-invalid``, the same error for every cause.
        """
        sealed = decode_base64url(text) if len(text) <= _MAX_TEXT_CHARACTERS else None
        cipher = self._ciphers.get(sealed[:_KEY_ID_BYTES]) if sealed else None
        if sealed is None or cipher is None:
            raise _invalid()
        try:
            return cipher.decrypt(sealed[_KEY_ID_BYTES:], [_DOMAIN, context])
        except InvalidTag:
            raise _invalid() from None


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(_DOMAIN + key).digest()[:_KEY_ID_BYTES]


def _invalid() -> MalformedInputError:
    return MalformedInputError("The cursor is not one that this request can continue from.", code=Code.CURSOR_INVALID)
