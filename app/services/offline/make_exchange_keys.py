"""Secrets of an exchange that are no signing keys, as their files hold them.

Owns the spelling in the file; signing keys are made as partners make theirs. Reads and writes no files. Kept by
``tests/services/offline/test_make_exchange_keys.py``.
"""

from __future__ import annotations

import base64
import secrets

from app.crypto.oprf import EvaluationKey, epoch_of
from breakwater_client.trust.strict_base64 import decode_base64

_CURSOR_KEY_BYTES = 64


def new_cursor_key() -> bytes:
    """Make a key that seals cursors, as its file holds it: the base64 of 64 random bytes, without a line's end."""
    return base64.b64encode(secrets.token_bytes(_CURSOR_KEY_BYTES))


def new_overlap_key() -> bytes:
    """Make a key of overlap checks, as its file holds it: the base64 of its 32 bytes, without a line's end."""
    return base64.b64encode(EvaluationKey.generate().private)


def overlap_epoch(content: bytes) -> str:
    """Give the epoch of a key of overlap checks from the content of its file; raises ``MalformedInputError`` for no key.

    Lines before the last do not matter.
    """
    return epoch_of(EvaluationKey.of(decode_base64(content.strip().split(b"\n")[-1].decode("ascii", "replace")) or b"").public)
