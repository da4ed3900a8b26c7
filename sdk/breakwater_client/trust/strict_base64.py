"""Base64 with one spelling per value, so that no text can be varied without its bytes changing.

Owns encoding and strict decoding of both alphabets of RFC 4648; knows nothing of what is inside and does not limit lengths.
Kept by ``tests/client/trust/test_strict_base64.py``.
"""

from __future__ import annotations

import base64


def encode_base64(content: bytes) -> str:
    """Give the standard alphabet with padding (RFC 4648 §4)."""
    return base64.b64encode(content).decode("ascii")


def decode_base64(text: object) -> bytes | None:
    """Give the bytes of a canonical, padded text of the standard alphabet, or None.

    None for anything but a ``str``, other characters, line breaks, missing padding and non-zero spare bits. Unverified input.
    """
    if not isinstance(text, str):
        return None
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return content if encode_base64(content) == text else None


def encode_base64url(content: bytes) -> str:
    """Give the URL-safe alphabet without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes | None:
    """Give the bytes of a canonical, unpadded text of the URL-safe alphabet, or None. Unverified input."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return content if encode_base64url(content) == text else None  # the library skips foreign characters: this does not
