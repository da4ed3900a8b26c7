"""ECDSA on P-256 with SHA-256: which bytes are a public key, and the one form of its signatures.

Owns what differs from Ed25519: the point on the curve, and ``r ‖ s`` in place of the library's DER. Does not name keys and does
not know whose they are. Kept by ``tests/client/trust/test_p256.py``.

A signature is 64 bytes, r and s as big-endian numbers of 32 bytes each (RFC 7518 §3.4): the length of an Ed25519 signature, and
no length byte to vary. Both s and n - s verify, since keys in hardware give either: a signature's bytes never name anything.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from breakwater_client.errors import UnfitKeyError

SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""What precedes the 64 coordinate bytes in the one DER encoding that is taken: curve by name, point uncompressed (RFC 5480)."""

POINT_BYTES = 64
_NUMBER_BYTES = 32
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n of SEC 2 §2.4.2. The curve's cofactor is 1: every point on it except infinity has this order, so none is weak."""

_SIGNING = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
"""RFC 6979: a bad source of randomness cannot give the private key away."""

_VERIFYING = ec.ECDSA(hashes.SHA256())


class P256Verifier:
    """The public half of a key, with the library's own words for the same thing of Ed25519."""

    __slots__ = ("_key",)

    def __init__(self, point: bytes) -> None:
        """Take the coordinates x ‖ y (64 unverified bytes).

        Raises:
            UnfitKeyError: not 64 bytes, a coordinate not below the field's prime, or not on the curve.
        """
        try:
            self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + point)
        except ValueError:
            raise UnfitKeyError("The key is not a point on the curve P-256.") from None

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if ``signature`` over ``message`` was made with this key; both are unverified bytes.

        Raises:
            InvalidSignature: any other signature, another length than 64 bytes, or r or s outside 1 … n-1.
        """
        if len(signature) != 2 * _NUMBER_BYTES:
            raise InvalidSignature
        numbers = (int.from_bytes(signature[:_NUMBER_BYTES]), int.from_bytes(signature[_NUMBER_BYTES:]))
        # The library checks this too. Here it stands so that no version of it can let r = s = 0 pass (CVE-2022-21449).
        if not all(0 < number < _ORDER for number in numbers):
            raise InvalidSignature
        self._key.verify(encode_dss_signature(*numbers), message, _VERIFYING)


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Give the 64-byte signature over ``message``; the same each time."""
    return b"".join(number.to_bytes(_NUMBER_BYTES) for number in decode_dss_signature(key.sign(message, _SIGNING)))
