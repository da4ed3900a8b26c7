"""JSON Web Keys: the RFC's own vector, and what the library makes of the coordinates."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.crypto.jwk import jwk
from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust.keys import PrivateKey, PublicKey

# RFC 8037, appendix A.2.
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def test_an_ed25519_key_has_the_form_of_the_rfc() -> None:
    key = PublicKey(bytes.fromhex("302a300506032b6570032100") + base64.urlsafe_b64decode(X + "="))
    assert jwk(key) == {"kid": key.keyid, "use": "sig", "kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": X}


def test_a_p256_key_has_both_coordinates() -> None:
    key = PrivateKey.generate(KeyAlgorithm.P256).public
    made = jwk(key)
    assert (made["kty"], made["crv"], made["alg"], made["kid"]) == ("EC", "P-256", "ES256", key.keyid)
    x, y = (int.from_bytes(base64.urlsafe_b64decode(made[name] + "=")) for name in ("x", "y"))
    again = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    assert again.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == key.spki
