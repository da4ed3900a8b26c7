"""A signing key of one's own: making it, reading it from its file, and proving to an exchange that one holds it.

Owns the partner's side of a key's life, and the making of an exchange's own keys; the exchange's side is ``manage_keys``. Reads
and writes no files. Kept by ``tests/services/offline/test_make_keys.py``.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from app.crypto.key_rotation import Rotation, sign_rotation
from app.crypto.keys import PrivateKey, load_public_key
from app.crypto.oprf import EvaluationKey, epoch_of
from app.crypto.possession import prove_possession
from app.crypto.strict_base64 import decode_base64
from app.domain.vocabulary import KeyAlgorithm

__all__ = [
    "NewKey",
    "PrivateKey",
    "Rotation",
    "new_cursor_key",
    "new_key",
    "new_overlap_key",
    "overlap_epoch",
    "prove",
    "public_keyid",
    "read_private_key",
    "sign_for",
]

_CURSOR_KEY_BYTES = 64


@dataclass(frozen=True, slots=True)
class NewKey:
    """A fresh key pair: both halves as PEM, and the public half's id. The private half is not shown."""

    private_pem: bytes
    public_pem: bytes
    keyid: str

    def __repr__(self) -> str:
        """Hide the private half."""
        return f"<NewKey {self.keyid}>"


def new_key(algorithm: KeyAlgorithm = KeyAlgorithm.ED25519) -> NewKey:
    """Make a key from the operating system's random source."""
    key = PrivateKey.generate(algorithm)
    return NewKey(key.to_pem(), key.public.to_pem(), key.public.keyid)


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


def read_private_key(pem: bytes) -> PrivateKey:
    """Read a private key from the content of its file; raises ``UnfitKeyError``. Lines before the PEM block do not matter."""
    return PrivateKey.from_pem(pem[max(pem.find(b"-----BEGIN"), 0) :])


def public_keyid(pem: bytes) -> str:
    """Give the id of a public key (unverified PEM or DER); raises ``UnfitKeyError``."""
    return load_public_key(pem).keyid


def prove(key: PrivateKey, challenge: str, partner_id: str) -> dict[str, str]:
    """Give the registration of a key: public key, challenge, and the proof of possession over the exchange's challenge."""
    proof = prove_possession(key, challenge, partner_id)
    return {"public_key": key.public.to_pem().decode(), "challenge": challenge, "proof": proof}


def sign_for(rotation: Rotation, old_key: PrivateKey) -> dict[str, Any]:
    """Give the envelope in which an old key signs for the one that takes its place."""
    return sign_rotation(rotation, old_key)
