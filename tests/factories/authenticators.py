"""A device with a passkey, in software: answers what a browser would, over the options that the exchange gives.

Owns the bytes of WebAuthn level 3 (authenticator data, client data, attestation "none"), written here by hand so that the library
that checks them is not also the one that made them. Everything can be told wrongly.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

ORIGIN = "http://localhost:8000"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def base64url(value: bytes) -> str:
    """Give base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """A device with one key, of Ed25519 or else of P-256; ``uses`` is its signature counter, that goes up with each answer."""

    origin: str = ORIGIN
    is_ed25519: bool = False
    uses: int = 0
    raw_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the key."""
        self.key = ed25519.Ed25519PrivateKey.generate() if self.is_ed25519 else ec.generate_private_key(ec.SECP256R1())

    @property
    def passkey_id(self) -> str:
        """Its passkey's id."""
        return base64url(self.raw_id)

    @property
    def host(self) -> str:
        """The relying party's id for which it answers."""
        return self.origin.partition("://")[2].partition(":")[0]

    @property
    def cose_key(self) -> bytes:
        """Its public key (RFC 9053 §7)."""
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()})
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def make(self, options: str, **wrong: Any) -> str:
        """Give the answer to options by which a passkey is made."""
        known = self._data(_ATTESTED, wrong) + bytes(16) + len(self.raw_id).to_bytes(2, "big") + self.raw_id
        attested = {"fmt": "none", "attStmt": {}, "authData": known + wrong.get("cose_key", self.cose_key)}
        client = self._client("webauthn.create", options, wrong)
        return self._answer({"clientDataJSON": client, "attestationObject": cbor2.dumps(attested)})

    def show(self, options: str, **wrong: Any) -> str:
        """Give the answer to options by which a passkey is asked for."""
        self.uses += 1
        data = self._data(0, wrong)
        client = self._client("webauthn.get", options, wrong)
        signature = self._sign(data + hashlib.sha256(client).digest())
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def _data(self, flags: int, wrong: dict[str, Any]) -> bytes:
        flags |= _PRESENT | (_VERIFIED if wrong.get("verified", True) else 0)
        host: str = wrong.get("host", self.host)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + int(wrong.get("uses", self.uses)).to_bytes(4, "big")

    def _client(self, kind: str, options: str, wrong: dict[str, Any]) -> bytes:
        challenge = wrong.get("challenge", challenge_of(options))
        said = {"type": wrong.get("kind", kind), "challenge": challenge, "origin": wrong.get("origin", self.origin)}
        return json.dumps(said | {"crossOrigin": False}).encode()

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(message)
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    def _answer(self, response: dict[str, bytes]) -> str:
        named = {name: base64url(value) for name, value in response.items()}
        return json.dumps({"id": self.passkey_id, "rawId": self.passkey_id, "type": "public-key", "response": named})


def challenge_of(options: str) -> str:
    """Give the challenge of options, in base64url."""
    challenge: str = json.loads(options)["challenge"]
    return challenge
