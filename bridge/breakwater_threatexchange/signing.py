"""Signing one object as its publisher, by the exchange's recipe (``docs/signing-by-hand.md`` of Breakwater)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

SIGNATURE = "extension-definition--2c2c230f-fabd-4bef-8dfc-de7f43c4719a"
"""The extension in which a signature stands."""

_PAYLOAD_TYPE = b"application/vnd.breakwater.stix-object+json"


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read an Ed25519 private key in PEM, unencrypted; raises ``TypeError`` or ``ValueError`` for anything else."""
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the key is no Ed25519 private key")
    return key


def signed(value: Mapping[str, Any], key: Ed25519PrivateKey, identity: str) -> dict[str, Any]:
    """Give an object with its signature in band; its canonical bytes are those of RFC 8785."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entry = {"keyid": hashlib.sha256(public).hexdigest(), "signer": identity, "signed_at": moment}
    extension: dict[str, Any] = {"extension_type": "property-extension", "signatures": [entry]}
    result = {**value, "extensions": {**value.get("extensions", {}), SIGNATURE: extension}}
    payload = rfc8785.dumps(result)
    encoded = b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD_TYPE), _PAYLOAD_TYPE, len(payload), payload)
    entry["sig"] = base64.b64encode(key.sign(encoded)).decode()
    return result
