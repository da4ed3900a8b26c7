"""What is said of an object after verifying it offline: how far the proof goes, or at which step it failed.

Owns the words; the steps are those of ``verify_objects``. Kept by ``tests/client/verifying/test_verdicts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from breakwater_client.submission import Refusal


@unique
class Level(StrEnum):
    """How far the proof goes. Signed, logged and cosigned each hold all that is before them; the others stand apart."""

    CHANNEL_ATTESTED = "channel-attested"
    COSIGNED = "cosigned"
    LOGGED = "logged"
    PUBLISHED = "published"
    SIGNED = "signed"

    def reaches(self, wanted: Level) -> bool:
        """Whether this level is ``wanted`` or above it; levels that stand apart reach only themselves."""
        return self is wanted or (self in _RISING and wanted in _RISING and _RISING.index(self) > _RISING.index(wanted))


_RISING = (Level.SIGNED, Level.LOGGED, Level.COSIGNED)


@dataclass(frozen=True, slots=True)
class Logged:
    """Where the log holds a content, and by when it did, if anybody said so.

    ``by`` is whose word that is: ``receipt`` or ``checkpoint``, the exchange's both, or ``witness`` with a name. ``received`` is
    when a receipt says that the exchange took it: no other time says that it was not there before. ``latest`` is the latest
    that anybody says instead of ``at``.
    """

    index: int
    tree_size: int
    cosigned: bool = False
    at: datetime | None = None
    by: str | None = None
    received: datetime | None = None
    latest: datetime | None = None


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """An object that passed every step. ``payload_digest`` is the hexadecimal SHA-256 that receipts and proofs name.

    A *published* object (TLP markings and the exchange's extension definitions) is equal to the published one, and unsigned. A
    *channel-attested* one nobody signed: the exchange vouches that a partner, named by ``signer``, sent exactly this content;
    ``keyid`` is the exchange's.
    ``key_state`` is the state of the key as the directory or the file of keys has it, and ``key_ended_at`` when it ended, for the
    reader to judge; ``logged`` is what a proof showed, None without one.
    """

    place: str
    stix_id: str
    level: Level
    signer: str | None = None
    keyid: str | None = None
    signed_at: str | None = None
    payload_digest: str | None = None
    key_state: str | None = None
    key_ended_at: datetime | None = None
    logged: Logged | None = None


@dataclass(frozen=True, slots=True)
class FailedSignature:
    """An object that failed: the step at which, and why."""

    place: str
    stix_id: str | None
    step: int
    refusal: Refusal


Verdict = VerifiedSignature | FailedSignature
