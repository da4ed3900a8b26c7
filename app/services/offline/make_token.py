"""A token of one's own: made where it stays, so that the exchange and whoever proposes its holder are told its digest alone.

Reads and writes no files. Kept by ``tests/services/offline/test_make_token.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.crypto.tokens import new_token, token_digest


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A fresh token, and the digest (SHA-256, hexadecimal) by which the exchange will know it. The token is not shown."""

    token: str
    digest: str

    def __repr__(self) -> str:
        """Hide the token."""
        return f"<OwnToken {self.digest}>"


def make_token() -> OwnToken:
    """Make a token from the operating system's random source."""
    token = new_token()
    return OwnToken(token, token_digest(token).hex())
