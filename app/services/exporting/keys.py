"""How the public key that exports are encrypted to is written. Kept by ``tests/services/exporting/test_keys.py``."""

from __future__ import annotations

from breakwater_client.trust.strict_base64 import decode_base64, encode_base64

_BYTES = 32


def key_text(raw: bytes) -> str:
    """Give a key as Base64 with padding."""
    return encode_base64(raw)


def key_bytes(text: object) -> bytes | None:
    """Give the 32 bytes of a key's one spelling in Base64, None for anything else (unverified)."""
    raw = decode_base64(text)
    return raw if raw is not None and len(raw) == _BYTES else None
