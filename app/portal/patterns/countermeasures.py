"""Countermeasures: all of them, and one with what it needs, does and costs, and what organisations say of it.

Kept by ``tests/portal/patterns/test_countermeasures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.domain.catalogue import Behaviour, Catalogue
from app.domain.errors import NotFoundError
from app.domain.permissions import Permission
from app.domain.prevention import Measure, Release
from app.domain.vocabulary import Surface
from app.policy.prevention import why_not_declaring
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.patterns.asked import in_force, may
from app.portal.patterns.number_words import told_in_words
from app.portal.patterns.pages import pattern_page
from app.services.preventing.numbers import OF_EFFECT, Numbers, Told
from app.services.preventing.read import list_releases
from app.web.context import exchange

blueprint = PortalBlueprint("countermeasures", section="patterns.show")


@dataclass(frozen=True, slots=True)
class Effect:
    """What is told of effects on one behaviour on one surface; ``is_expected``: the catalogue says that it mitigates it."""

    surface: Surface
    behaviour: Behaviour
    told: Sequence[tuple[Measure, Told]]
    is_expected: bool


@blueprint.page("/patterns/countermeasures", for_everybody=True)
def list_all() -> Response:
    """List the countermeasures in force."""
    catalogue = in_force()
    return pattern_page(
        "countermeasures.html", countermeasures=[one for one in catalogue.countermeasures if one.retired_in is None]
    )


@blueprint.page("/patterns/countermeasures/<code>", for_everybody=True)
def show(code: str) -> Response:
    """Show a countermeasure of the newest release, one that is retired too."""
    catalogue = in_force()
    found = catalogue.countermeasures_by_code.get(code)
    if found is None:
        raise NotFoundError
    release = _newest()
    numbers = Numbers.of(release)
    told: dict[str, Any] = {
        "adopted": _adopted(numbers, code),
        "effects": _effects(numbers, catalogue, code),
        "told_in_words": told_in_words,
    }
    behaviours = [one for one in catalogue.behaviours if one.code in found.mitigates]
    return pattern_page("countermeasure.html", one=found, behaviours=behaviours, release=release, declares=_declares(), **told)


def _newest() -> Release | None:
    if not may(Permission.PREVENTION_READ):
        return None
    return next(iter(list_releases(exchange(), signed_in().principal)), None)


def _declares() -> bool:
    return may(Permission.PREVENTION_WRITE) and why_not_declaring(signed_in().principal.partner) is None


def _adopted(numbers: Numbers, code: str) -> list[tuple[Surface, Told]]:
    """Give where how many have it, the most first."""
    found = [(surface, numbers.told(Measure.ADOPTED, surface, countermeasure=code)) for surface in Surface]
    return sorted((one for one in found if one[1].organisations is not None), key=lambda one: -(one[1].organisations or 0))


def _effects(numbers: Numbers, catalogue: Catalogue, code: str) -> list[Effect]:
    """Give of which behaviours on which surfaces effects are told."""
    places = sorted({place[1:3] for place in numbers.cells if place[3] == code and place[2] in catalogue.behaviours_by_code})
    found = []
    for where, what in places:
        told = [(measure, numbers.told(measure, Surface(where), what, code)) for measure in OF_EFFECT]
        behaviour = catalogue.behaviours_by_code[what]
        found.append(Effect(Surface(where), behaviour, told, what in catalogue.countermeasures_by_code[code].mitigates))
    return found
