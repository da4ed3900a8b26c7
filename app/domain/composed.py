"""What is composed of an observation: objects, what is told about each, warnings and refusals.

Owns the values. Kept by ``tests/domain/test_composed.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from app.domain.stix_object import JsonObject
from app.domain.vocabulary import Sensitivity
from breakwater_client.submission import Refusal


@unique
class Tier(StrEnum):
    """Which of a form's handlings an object has: the one that the form says, or a narrower one made of it."""

    SHARED = "shared"
    RESTRICTED = "restricted"
    PROTECTED = "protected"

    @property
    def rank(self) -> int:
        """Place from the widest (0) to the narrowest (2)."""
        return tuple(Tier).index(self)


@dataclass(frozen=True, slots=True)
class Made:
    """One composed object: ``origin`` points to the place in the form that it comes from (RFC 6901)."""

    value: JsonObject
    origin: str
    tier: Tier
    sensitivity: Sensitivity
    handling: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know before it is sent, and where in the form; it refuses nothing."""

    pointer: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Composed:
    """What a form came to. With refusals there are no objects: a form is composed as a whole or not at all.

    ``imminent_risk``: whom to call must be told. ``group_id``: the sharing group that the objects are to be posted to.
    """

    made: tuple[Made, ...] = ()
    remarks: tuple[Remark, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    imminent_risk: bool = False
    group_id: str | None = None

    @property
    def objects(self) -> list[JsonObject]:
        """The objects in the order in which they are sent."""
        return [one.value for one in self.made]
