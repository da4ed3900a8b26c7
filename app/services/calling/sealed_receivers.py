"""What is kept of a receiver under seal: its URL and the secrets that sign what it is sent.

Owns what a sealed text holds, that it is good for its own webhook only, and which secrets count when. Kept by
``tests/services/calling/test_sealed_receivers.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.crypto.seal import CursorSealer
from app.domain.errors import MalformedInputError
from breakwater_client.instant import instant_text
from breakwater_client.trust.webhook_signature import new_secret


@dataclass(frozen=True, slots=True)
class SealedReceiver:
    """A receiver: its URL, the secret that signs, and the one before it with its end, if that still counts."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_until: datetime | None = None

    def secrets_at(self, now: datetime) -> list[str]:
        """Give the secrets that sign at ``now``, the current one first."""
        old_counts = self.old_secret is not None and self.old_until is not None and now < self.old_until
        return [self.secret, *([self.old_secret] if old_counts and self.old_secret else [])]

    def rotated(self, old_until: datetime) -> SealedReceiver:
        """Give the receiver with a new secret; the current one signs too until ``old_until``, the one before no more."""
        return replace(self, secret=new_secret(), old_secret=self.secret, old_until=old_until)


def seal(sealer: CursorSealer, webhook_id: str, receiver: SealedReceiver) -> str:
    """Give the sealed text of a webhook's receiver; the same receiver gives the same text while the key is the same."""
    until = None if receiver.old_until is None else instant_text(receiver.old_until)
    document = [receiver.url, receiver.secret, receiver.old_secret, until]
    return sealer.seal(json.dumps(document).encode(), _context(webhook_id))


def unseal(sealer: CursorSealer, webhook_id: str, sealed: str) -> SealedReceiver | None:
    """Give what was sealed for this webhook, None if none of the keys opens it (any more)."""
    try:
        content = sealer.open(sealed, _context(webhook_id))
    except MalformedInputError:
        return None
    url, secret, old_secret, until = json.loads(content)
    return SealedReceiver(url, secret, old_secret, until and datetime.fromisoformat(until))


def _context(webhook_id: str) -> bytes:
    return f"webhook\0{webhook_id}".encode()
