"""What somebody is entering to be submitted, and how far it is: the form of an observation, as incomplete as it is.

Owns the states and the values. A draft is its author's until it is handed over; then it is **frozen**: the objects that it came
to, with ids and times, are what the second reader sees, and what is signed, byte for byte. Kept by
``tests/domain/test_draft.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from typing import Any

MOST_DRAFTS = 100
"""So many may one person have that are not sent."""

LONGEST_REMARK = 2_000
"""Characters of what a second reader writes to the author."""


@unique
class DraftState(StrEnum):
    """How far a draft is: its author's, with the second reader, back from there, approved and waiting for the signature, sent."""

    OPEN = "open"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    APPROVED = "approved"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Corrects:
    """Of a draft that corrects an object of one's own: which, the version that was seen, and what was wrong with it."""

    stix_id: str
    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft. ``form`` is the observation (JSON text), of any completeness; ``frozen`` and ``digest`` come at the hand-over.

    The form of a correction names what it ``corrects``, and the ``changes`` by member, instead of an observation.

    ``revision`` counts every change, so that whoever changes an older one is told. ``remark`` is what the second reader wrote
    when it was sent back, or why it could not be carried out. ``signing_task_id``: what waits for the organisation's signature.
    """

    draft_id: str
    partner_id: str
    author_id: str
    state: DraftState
    revision: int
    created_at: datetime
    changed_at: datetime
    form: str = field(default="{}", repr=False)
    frozen: str | None = field(default=None, repr=False)
    digest: str | None = None
    handed_over_at: datetime | None = None
    reviewer_id: str | None = None
    reviewed_at: datetime | None = None
    remark: str | None = field(default=None, repr=False)
    signing_task_id: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The form."""
        read: dict[str, Any] = json.loads(self.form)
        return read

    @property
    def title(self) -> str:
        """What it is called, empty while it is called nothing."""
        what = self.document.get("what", {})
        return str(what.get("title", ""))

    @property
    def corrects(self) -> Corrects | None:
        """What it corrects; None of one in which something new is entered."""
        said = self.document.get("corrects")
        return Corrects(**said) if said else None

    @property
    def is_urgent(self) -> bool:
        """Whether a child may be in danger now."""
        return bool(self.document.get("urgency") == "imminent-risk")

    @property
    def frozen_document(self) -> dict[str, Any]:
        """What it came to when it was handed over: ``objects``, what is ``told`` of each, ``warnings``, ``group_id``.

        A correction has what was there ``before`` instead of what is told.
        """
        read: dict[str, Any] = json.loads(self.frozen or "{}")
        return read
