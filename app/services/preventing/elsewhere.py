"""Where a release has numbers, for whoever asked where it has none: the nearest surfaces and behaviours.

Owns what is near. Reads the release and the catalogue alone, as ``read`` does. Kept by
``tests/services/preventing/test_elsewhere.py``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from app.domain.catalogue import Behaviour, Catalogue
from app.domain.prevention import Measure
from app.domain.vocabulary import Surface
from app.services.preventing.numbers import OF_EFFECT, Numbers

_MOST = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A behaviour on a surface of which a release tells what these countermeasures (codes) did."""

    surface: Surface
    behaviour: Behaviour
    countermeasures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherSurface:
    """A surface on which a release tells how often these behaviours (codes) were reported, most reported first."""

    surface: Surface
    behaviours: tuple[str, ...]


def nearest_places(catalogue: Catalogue, numbers: Numbers, behaviour: Behaviour, surface: Surface) -> tuple[Place, ...]:
    """Give where effects are told, nearest first, five at most: the behaviour elsewhere, others here, and then the rest.

    Surfaces are the nearer the more behaviours the catalogue has on both; behaviours of one phase are nearer than others.
    """
    codes: dict[tuple[Surface, str], set[str]] = defaultdict(set)
    for measure, where, what, countermeasure in numbers.cells:
        if measure in OF_EFFECT and what in catalogue.behaviours_by_code and (where, what) != (surface, behaviour.code):
            codes[Surface(where), what].add(countermeasure)
    shared = _shared(catalogue, surface)
    found = [Place(where, catalogue.behaviours_by_code[what], tuple(sorted(of))) for (where, what), of in codes.items()]

    def distance(one: Place) -> tuple[bool, bool, bool, int, str, str]:
        other, away = one.behaviour.code != behaviour.code, one.surface is not surface
        far = one.behaviour.phase is not behaviour.phase
        return other and away, other, far, -shared[one.surface], one.surface, one.behaviour.code

    return tuple(sorted(found, key=distance)[:_MOST])


def nearest_surfaces(catalogue: Catalogue, numbers: Numbers, surface: Surface) -> tuple[OtherSurface, ...]:
    """Give the surfaces of which reports are told, nearest first, five at most; nearness as of ``nearest_places``."""
    reported: dict[Surface, list[tuple[int, str]]] = defaultdict(list)
    for (measure, where, what, _), cell in numbers.cells.items():
        if measure == Measure.REPORTED and where != surface:
            reported[Surface(where)].append((-cell["organisations"], what))
    shared = _shared(catalogue, surface)
    found = [OtherSurface(where, tuple(what for _, what in sorted(of))) for where, of in reported.items()]
    return tuple(sorted(found, key=lambda one: (-shared[one.surface], one.surface))[:_MOST])


def _shared(catalogue: Catalogue, surface: Surface) -> dict[Surface, int]:
    """Give with each surface how many behaviours the catalogue has on both."""
    here = [one for one in catalogue.behaviours if one.retired_in is None and surface in one.surfaces]
    return {other: sum(other in one.surfaces for one in here) for other in Surface}
