"""Public keys as JSON Web Keys, for programs that read no other form.

Owns the members (RFC 7517; RFC 8037 §2 for Ed25519, with its ``alg`` RFC 9864; RFC 7518 §6.2 for P-256). Reads none.
Kept by ``tests/crypto/test_jwk.py``.
"""

from __future__ import annotations

from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust.keys import PublicKey
from breakwater_client.trust.p256 import POINT_BYTES
from breakwater_client.trust.strict_base64 import encode_base64url

_COORDINATE = POINT_BYTES // 2


def jwk(key: PublicKey) -> dict[str, str]:
    """Give a public key as a JSON Web Key; ``kid`` is the keyid."""
    shared = {"kid": key.keyid, "use": "sig"}
    if key.algorithm is KeyAlgorithm.ED25519:
        return shared | {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": encode_base64url(key.spki[-32:])}
    x, y = key.spki[-2 * _COORDINATE : -_COORDINATE], key.spki[-_COORDINATE:]
    return shared | {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": encode_base64url(x), "y": encode_base64url(y)}
