"""Signatures of messages to webhooks, as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, time and body.

Owns the form of a secret and of a signature. When a secret counts is the services'. Kept by
``tests/client/trust/test_webhook_signature.py``, with the verifier that receivers use.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from breakwater_client.trust.strict_base64 import decode_base64, encode_base64

_PREFIX = "whsec_"
_RANDOM_BYTES = 32


def new_secret() -> str:
    """Give a new secret: ``whsec_`` and the base64 of 32 random bytes. The prefix lets secret scanners find leaked ones."""
    return _PREFIX + encode_base64(secrets.token_bytes(_RANDOM_BYTES))


def signed_headers(secrets_: Iterable[str], message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Give the three headers of a message that is sent at ``at``, with a signature by each secret; one of them is enough."""
    seconds = str(int(at.timestamp()))
    content = b".".join((message_id.encode("ascii"), seconds.encode("ascii"), body))
    signatures = (encode_base64(hmac.digest(_key(secret), content, hashlib.sha256)) for secret in secrets_)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _key(secret: str) -> bytes:
    key = decode_base64(secret.removeprefix(_PREFIX))
    if key is None:
        raise ValueError("no secret of a webhook")
    return key
