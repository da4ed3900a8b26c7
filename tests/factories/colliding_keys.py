"""Keys that a line of a note cannot tell apart: two under one name with the same four bytes.

``look_for`` finds the numbers of two by trying some 80,000 in a few seconds, as anybody can.
"""

from __future__ import annotations

import hashlib
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.signed_note import SignatureKind, key_hash


def numbered_key(number: int) -> PrivateKey:
    """Give the key that is made of a number, and known to everybody."""
    return PrivateKey(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"test key {number}".encode()).digest()))


def look_for(name: str, kind: SignatureKind) -> tuple[int, int]:
    """Give the first two numbers whose keys have one hash under a name."""
    seen: dict[bytes, int] = {}
    for number in count():
        earlier = seen.setdefault(key_hash(name, kind, numbered_key(number).public), number)
        if earlier != number:
            return earlier, number
    raise AssertionError


WITNESSES = [numbered_key(number) for number in (74103, 110957)]
"""They have one hash as a witness named ``a``."""

CHECKPOINTS = [numbered_key(number) for number in (124, 20720)]
"""They have one hash as the keys for checkpoints of the exchange named ``x``."""
