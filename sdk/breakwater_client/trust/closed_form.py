"""Documents that have one form alone: canonical JSON of a bounded size, with exactly the members that there are.

Owns what all of them are asked; what each member means is its module's. Verifies nothing. Kept by
``tests/client/trust/test_closed_form.py``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater_client.errors import MalformedInputError
from breakwater_client.trust.canonical import canonical_bytes

INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
"""How such documents spell an instant: UTC, to the microsecond."""


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """The form of one kind of document. ``sentence`` is what a reader is told of everything else. Places are JSON pointers.

    ``later`` are members that documents of earlier versions lack.
    """

    sentence: str
    members: frozenset[str]
    max_bytes: int
    later: frozenset[str] = frozenset()

    def read(self, payload: bytes) -> dict[str, Any]:
        """Give the document in a payload (unverified bytes).

        Raises:
            MalformedInputError: too large, not canonical JSON, or not just the members that there are.
        """
        if len(payload) > self.max_bytes:
            raise self.malformed("")
        try:
            document = json.loads(payload)
        except (ValueError, RecursionError):
            raise self.malformed("") from None
        # No name twice, no other spelling: whatever differs from the canonical form is refused.
        if not isinstance(document, dict) or document.keys() - self.later != self.members or canonical_bytes(document) != payload:
            raise self.malformed("")
        return document

    def instant(self, value: object, at: str) -> datetime:
        """Give a member that is an instant, aware, UTC; raises ``MalformedInputError`` for all else."""
        if not isinstance(value, str) or not INSTANT.fullmatch(value):
            raise self.malformed(at)
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise self.malformed(at) from None

    def items(self, value: object, at: str) -> list[object]:
        """Give a member that is a list; raises ``MalformedInputError`` for all else."""
        if not isinstance(value, list):
            raise self.malformed(at)
        return value

    def malformed(self, at: str) -> MalformedInputError:
        """Give the refusal of what stands at a place."""
        return MalformedInputError(self.sentence, pointer=at)
