"""Idempotency keys: the same key with the same body gives the same answer, with another body a conflict.

Owns the rule for every POST. The earlier use is looked up under the order lock too, so that two requests at once cannot both
act. Kept by ``tests/services/test_answer_once.py``.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from app.domain.errors import Code, ConflictError, MalformedInputError
from app.domain.partner import Principal
from app.storage import submissions
from app.storage.session import Connection
from app.storage.submissions import KeyUse

__all__ = ["KeyUse", "earlier_outcome", "key_use"]

# Printable ASCII; what is longer or other is a mistake or an attack.
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def key_use(principal: Principal, route: str, key: str | None, body: bytes) -> KeyUse | None:
    """Give the use of an idempotency key that a request makes, None if it sent none. ``key`` and ``body`` are unverified."""
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise MalformedInputError(
            "An Idempotency-Key has 1 to 255 printable ASCII characters.", code=Code.IDEMPOTENCY_KEY_INVALID
        )
    # Kept as a digest: whatever somebody puts into a key must not lie in the database.
    kept = hashlib.sha256(key.encode()).hexdigest()
    # Under the key, which is not kept: else whoever reads the row could try out which address or name the body held.
    digest = hmac.digest(key.encode(), body, hashlib.sha256)
    return KeyUse(principal.credential.credential_id, route, kept, digest)


def earlier_outcome(connection: Connection, use: KeyUse | None) -> str | None:
    """Give the reference of what this key brought about before, None if it is new.

    Raises:
        ConflictError: ``idempotency-key-reused``: the key came with another body before.
    """
    earlier = submissions.find_key_use(connection, use) if use else None
    if use is None or earlier is None:
        return None
    if earlier.body_digest != use.body_digest:
        sentence = "This Idempotency-Key was used for another body; take a new key for a new request."
        raise ConflictError(sentence, code=Code.IDEMPOTENCY_KEY_REUSED)
    return earlier.reference
