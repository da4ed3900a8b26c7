"""What partners say of countermeasures: which they adopted where, and whether these helped. And cells of released tables.

Owns the nouns. A declaration is about a service and its design, never about a person; whoever declared it reads it, and others
read counts of organisations alone (``policy.aggregates``). Kept by ``tests/domain/test_prevention.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Any

from app.domain.object_vocabulary import EvidenceGrade
from app.domain.vocabulary import Surface


@unique
class AdoptionState(StrEnum):
    """How far a partner is with a countermeasure on one surface."""

    ADOPTED = "adopted"
    ENDED = "ended"
    PLANNED = "planned"


@unique
class EffectBand(StrEnum):
    """What became of a behaviour after a countermeasure was adopted, in a partner's own judgement; bands, never figures."""

    ADVERSE = "adverse"
    MODERATE = "moderate"
    NONE = "none"
    SLIGHT = "slight"
    STRONG = "strong"
    UNKNOWN = "unknown"


@unique
class Measure(StrEnum):
    """What the organisations of a cell have in common."""

    ADOPTED = "adopted"
    ADVERSE = "adverse"
    HELPED = "helped"
    HELPED_MUCH = "helped-much"
    NOT_HELPED = "not-helped"
    ON_SURFACE = "on-surface"
    REPORTED = "reported"


@unique
class Trend(StrEnum):
    """How a released number stands to the one of the release before."""

    DOWN = "down"
    FLAT = "flat"
    UNKNOWN = "unknown"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Adoption:
    """A partner's word on one countermeasure on one surface; a later one takes its place.

    ``since`` is when it was (or is to be) adopted, ``until`` when it ended: only where ``state`` says so.
    """

    adoption_id: str
    partner_id: str
    surface: Surface
    countermeasure: str
    state: AdoptionState
    since: date
    until: date | None
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """A partner's word on what an adopted countermeasure did to one behaviour on one surface; a later one takes its place."""

    effect_id: str
    partner_id: str
    surface: Surface
    countermeasure: str
    behaviour: str
    band: EffectBand
    evidence: EvidenceGrade
    observed_from: date
    observed_until: date
    declared_at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One place of the fixed tables: what is counted, where, and of which codes (empty where the table has no such column)."""

    measure: Measure
    surface: Surface
    behaviour: str = ""
    countermeasure: str = ""

    @property
    def key(self) -> str:
        """The cell as one text, by which it is kept."""
        return f"{self.measure}/{self.surface}/{self.behaviour}/{self.countermeasure}"


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it is kept, never changed; ``envelope`` is the DSSE envelope that the exchange signed, with all it says."""

    number: int
    released_at: datetime
    envelope: dict[str, Any]
    log_index: int
