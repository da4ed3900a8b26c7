"""The catalogue: what offenders do (behaviours), what stops them (countermeasures), by codes that are never given again.

Labels, defensive definitions, and nothing that tells how anything is done: a lint keeps that out (``docs/catalogue.md``). A
catalogue is one numbered release, whole; what was retired stays in it. Kept by ``tests/domain/test_catalogue.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.vocabulary import Harm, Phase, Surface

KILL_CHAIN = "ocsea-disruption"
"""The kill chain whose phases are those of ``Phase``."""

FOUNDED_AT = datetime(2026, 11, 27, tzinfo=UTC)
"""When release 1 was made: an entry that says nothing else is as old as the catalogue."""

_BEHAVIOUR = re.compile(r"OP-[0-9]{3}", re.ASCII)
_COUNTERMEASURE = re.compile(r"CM-[0-9]{3}", re.ASCII)


def is_behaviour_code(text: str) -> bool:
    """Whether a text has the form of a behaviour's code, ``OP-nnn``; not whether the catalogue has it."""
    return _BEHAVIOUR.fullmatch(text) is not None


def is_countermeasure_code(text: str) -> bool:
    """Whether a text has the form of a countermeasure's code, ``CM-nnn``; not whether the catalogue has it."""
    return _COUNTERMEASURE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Reference:
    """A public source: who published it, what it is called, where it is (None: in print only)."""

    source: str
    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something that offenders do, as services can see it.

    ``detection`` is an idea at the level of features of accounts, sessions, rooms and payments; no terms and no content.
    ``retired_in`` is the release that retired it, and ``replaced_by`` the codes that stand for it since. ``added_at`` and
    ``changed_at`` are the times of the releases that brought it and that last changed it.
    """

    code: str
    name: str
    phase: Phase
    definition: str
    detection: str
    surfaces: frozenset[Surface]
    harms: frozenset[Harm]
    references: tuple[Reference, ...] = ()
    retired_in: int | None = None
    replaced_by: tuple[str, ...] = ()
    added_at: datetime = FOUNDED_AT
    changed_at: datetime = FOUNDED_AT


@dataclass(frozen=True, slots=True)
class Countermeasure:
    """Something that services do against behaviours (``mitigates``, by their codes), and what it does to people's rights.

    ``no_longer_mitigates`` are the behaviours that an earlier release said it mitigates: whoever has that is told of its end.
    """

    code: str
    name: str
    definition: str
    intent: str
    principle: SafetyPrinciple
    level: ResponseLevel
    preconditions: tuple[str, ...]
    rights_impact: str
    evidence: EvidenceGrade
    cost: Cost
    residual_risk: str
    mitigates: frozenset[str]
    surfaces: frozenset[Surface]
    references: tuple[Reference, ...] = ()
    retired_in: int | None = None
    replaced_by: tuple[str, ...] = ()
    added_at: datetime = FOUNDED_AT
    changed_at: datetime = FOUNDED_AT
    no_longer_mitigates: frozenset[str] = frozenset()


Entry = Behaviour | Countermeasure
"""What has a code."""


@dataclass(frozen=True)
class Catalogue:
    """One release of the catalogue; behaviours and countermeasures in the order of their codes, phases and surfaces defined."""

    release: int
    released_at: datetime
    phases: Mapping[Phase, str]
    surfaces: Mapping[Surface, str]
    behaviours: tuple[Behaviour, ...]
    countermeasures: tuple[Countermeasure, ...]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All behaviours, then all countermeasures, retired ones too."""
        return (*self.behaviours, *self.countermeasures)

    @cached_property
    def behaviours_by_code(self) -> Mapping[str, Behaviour]:
        """All behaviours, retired ones too, by their codes."""
        return {one.code: one for one in self.behaviours}

    @cached_property
    def countermeasures_by_code(self) -> Mapping[str, Countermeasure]:
        """All countermeasures, retired ones too, by their codes."""
        return {one.code: one for one in self.countermeasures}
