"""Leaves of the transparency log: what one says, and how it is hashed.

Owns the bytes of a leaf. A leaf holds no id, name or selector: only its kind and a salted digest, so that erasing the salt
leaves nothing to guess at. Does not number, store or order leaves. Kept by ``tests/client/trust/test_log_leaf.py``.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum, unique

from breakwater_client.errors import BreakwaterError

_SALT_BYTES = 32
_DIGEST_BYTES = 32


@unique
class LeafKind(StrEnum):
    """What a leaf is about. ASCII, alphabetical, never reused."""

    AGREEMENT_VERSION = "agreement-version"
    APPROVAL = "approval"
    BLANK = "blank"
    CATALOGUE_RELEASE = "catalogue-release"
    DISCLOSURE_ROOT = "disclosure-root"
    ERASURE = "erasure"
    EXPORT = "export"
    KEY_EVENT = "key-event"
    LOSS_ACCEPTED = "loss-accepted"
    OBJECT_VERSION = "object-version"
    OVERLAP_KEY = "overlap-key"
    PREVENTION_RELEASE = "prevention-release"
    RECALL = "recall"
    RECALL_ANSWER = "recall-answer"
    REQUEST_ANSWER = "request-answer"


def new_salt() -> bytes:
    """Give 32 random bytes for one leaf; kept with the row and destroyed on erasure."""
    return secrets.token_bytes(_SALT_BYTES)


def leaf_bytes(kind: LeafKind, salt: bytes, digest: bytes) -> bytes:
    """Give the leaf: the kind in ASCII, a zero byte, and SHA-256(salt ‖ digest).

    ``salt`` and ``digest`` (SHA-256 of what the leaf commits to) are 32 bytes each; other lengths would let two pairs collide.

    Raises:
        BreakwaterError: another length: a mistake of the caller.
    """
    if len(salt) != _SALT_BYTES or len(digest) != _DIGEST_BYTES:
        raise BreakwaterError("A leaf is made of a salt and a digest of 32 bytes each.")
    return kind.encode("ascii") + b"\x00" + hashlib.sha256(salt + digest).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Give the Merkle tree's hash of a leaf, 32 bytes: SHA-256(0x00 ‖ leaf) (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()
