"""Closed words of the exchange that documents carry. Kept by ``tests/client/test_vocabulary.py``."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Purpose(StrEnum):
    """Why a partner reads. No purpose, no read."""

    AUDIT = "audit"
    DETECTION = "detection"
    INVESTIGATION = "investigation"
    RESEARCH_AGGREGATE = "research-aggregate"
    SAFETY_DESIGN = "safety-design"
    VICTIM_PROTECTION = "victim-protection"


@unique
class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 labels (FIRST, 2022), listed from the widest to the narrowest."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"

    @property
    def rank(self) -> int:
        """Place from the widest (0) to the narrowest (4)."""
        return tuple(Tlp).index(self)


@unique
class KeyAlgorithm(StrEnum):
    """How signatures are made; it comes from the key record, never from a message."""

    ED25519 = "ed25519"
    P256 = "p256"


@unique
class KeyUsage(StrEnum):
    """What one key is for; one key has one usage.

    Objects and requests are signed by partners, who also cosign checkpoints as witnesses; the rest by the exchange.
    """

    CHECKPOINT_COSIGNING = "checkpoint-cosigning"
    CHECKPOINT_SIGNING = "checkpoint-signing"
    DIRECTORY_SIGNING = "directory-signing"
    OBJECT_SIGNING = "object-signing"
    REQUEST_SIGNING = "request-signing"
    STATEMENT_SIGNING = "statement-signing"


@unique
class KeyState(StrEnum):
    """The life of a key."""

    ACTIVE = "active"
    COMPROMISED = "compromised"
    PENDING = "pending"
    RETIRED = "retired"
    REVOKED = "revoked"
