"""Public keys to which exports are encrypted: X25519 (RFC 7748), as 32 raw bytes.

Owns the refusal of keys that anybody could decrypt for; does not encrypt, and does not know whose a key is. Kept by
``tests/crypto/test_recipient_key.py``.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from app.domain.errors import UnfitKeyError

_BYTES = 32
_FIELD = 2**255 - 19
_UNFIT = "This is no X25519 public key to encrypt to: 32 raw bytes, below the field's prime and not of small order."


def check_recipient_key(raw: bytes) -> bytes:
    """Give the key back (unverified bytes), if somebody must hold a private key to read what is sealed to it.

    Raises:
        UnfitKeyError: not 32 bytes, a second spelling of a key, or a point of small order: the secret agreed with that is known
            to everybody (RFC 7748 §6.1).
    """
    if len(raw) != _BYTES or int.from_bytes(raw, "little") >= _FIELD:
        raise UnfitKeyError(_UNFIT)
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(raw))
    except ValueError as exc:  # the library refuses an agreed secret of zeros
        raise UnfitKeyError(_UNFIT) from exc
    return raw
