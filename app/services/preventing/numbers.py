"""A release as something to look numbers up in. Kept by ``tests/services/preventing/test_numbers.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.prevention import Measure, Release
from app.domain.vocabulary import Surface
from app.services.preventing.release import document_of, place_of

OF_EFFECT = (Measure.HELPED, Measure.HELPED_MUCH, Measure.NOT_HELPED, Measure.ADVERSE)
"""The measures that tell what a countermeasure did to a behaviour."""


@dataclass(frozen=True, slots=True)
class Told:
    """A released number and how it moved; ``organisations`` None: not enough organisations."""

    organisations: int | None = None
    trend: str = "unknown"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The cells of a release, by place; of no release, none."""

    cells: Mapping[tuple[str, ...], Mapping[str, Any]]

    @classmethod
    def of(cls, release: Release | None) -> Numbers:
        """Open what a release says."""
        return cls({} if release is None else {place_of(one): one for one in document_of(release)["cells"]})

    def told(self, measure: Measure, surface: Surface, behaviour: str = "", countermeasure: str = "") -> Told:
        """Give one number."""
        found = self.cells.get((measure, surface, behaviour, countermeasure))
        return Told() if found is None else Told(found["organisations"], found["trend"])

    def has(self, surface: Surface, behaviour: str) -> bool:
        """Whether any number is told of a behaviour on a surface."""
        return any(place[1:3] == (surface, behaviour) for place in self.cells)
