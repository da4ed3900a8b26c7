"""What becomes of a submission: per-object results, and the receipt.

Owns the values. Kept by ``tests/services/intake/test_submit.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from breakwater_client.errors import BreakwaterError, Code


@unique
class ResultStatus(StrEnum):
    """What became of one object."""

    ALREADY_STORED = "already-stored"
    REFUSED = "refused"
    STORED = "stored"


HELD = frozenset({ResultStatus.STORED, ResultStatus.ALREADY_STORED})
"""Of these the exchange has the object: its receipt and its log name it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one object was refused: a stable code, a sentence without submitted values, and where in the body."""

    code: Code
    sentence: str
    pointer: str | None

    @classmethod
    def of(cls, error: BreakwaterError, *, within: str = "") -> Refusal:
        """Give the refusal an error means; ``within`` is the pointer of the object that ``error.pointer`` is relative to."""
        return cls(error.code, error.sentence, within + (error.pointer or ""))


MOST_NARROWING = 20
"""Most ids that one result names as narrowing: it tells where to look, and need not tell all."""


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """The outcome for one object of an envelope, in the envelope's order.

    Stored and already-stored objects name their id, version, payload digest (hexadecimal SHA-256) and log index; refused
    ones name none of it (their content is not kept) but the pointer and the refusal. Only of what came by TAXII, whose status
    names failures by id, id and version are told of refused ones as well, as far as they have their form. ``narrowed_by``: ids
    that a stored object of the submitter's own refers to, and by which it reaches fewer than it says itself (at most
    ``MOST_NARROWING`` of them).
    """

    pointer: str
    status: ResultStatus
    stix_id: str | None = None
    version: str | None = None
    payload_digest: str | None = None
    log_index: int | None = None
    refusal: Refusal | None = None
    narrowed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One POST of objects, as its partner can look it up again.

    ``receipt`` is a DSSE envelope signed by the exchange; its payload states the same results. ``imminent_risk``: one of its
    objects, refused ones included, is marked so.
    """

    submission_id: str
    partner_id: str
    received_at: datetime
    results: tuple[ObjectResult, ...]
    receipt: dict[str, Any]
    imminent_risk: bool = False

    @property
    def outcomes(self) -> list[str]:
        """What became of each object in a word: its status, of a refused one the code."""
        return [one.refusal.code if one.refusal else one.status for one in self.results]
