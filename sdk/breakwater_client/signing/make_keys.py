"""A signing key of one's own: making it, reading it from its file, and proving to an exchange that one holds it.

Owns the partner's side of a key's life. Reads and writes no files. Kept by ``tests/client/signing/test_make_keys.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from breakwater_client.trust.key_rotation import Rotation, sign_rotation
from breakwater_client.trust.keys import PrivateKey, load_public_key
from breakwater_client.trust.possession import prove_possession
from breakwater_client.vocabulary import KeyAlgorithm

__all__ = [
    "NewKey",
    "PrivateKey",
    "Rotation",
    "new_key",
    "prove",
    "public_keyid",
    "read_private_key",
    "sign_for",
]


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
