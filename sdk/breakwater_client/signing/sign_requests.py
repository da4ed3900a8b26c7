"""Signing one's own requests with a key file, as a partner does.

Owns nonce and time; what is signed and how is ``crypto.request_signature``'s. Reads no files and sends nothing. Kept by
``tests/client/signing/test_sign_requests.py``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from breakwater_client.signing.make_keys import read_private_key
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.request_signature import RequestParts, sign_request

_NONCE_BYTES = 24


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RequestSigner:
    """A key that signs requests, and the clock of the machine it is on."""

    key: SigningKey = field(repr=False)
    clock: Callable[[], datetime] = field(default=_now, repr=False)

    @classmethod
    def from_pem(cls, pem: bytes) -> RequestSigner:
        """Give the signer of a private key's file; raises ``UnfitKeyError``."""
        return cls(read_private_key(pem))

    def headers(self, origin: str, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> dict[str, str]:
        """Give the headers to send along with a request: its signature and, with a body, the body's digest.

        ``target`` is path and query as they are sent; ``headers`` are all those that the request has otherwise.
        """
        parts = RequestParts.at(origin, method, target, headers)
        return sign_request(parts, body, self.key, self.clock(), secrets.token_urlsafe(_NONCE_BYTES))
