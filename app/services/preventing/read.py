"""Reading releases: which there are, each whole, and two questions asked of the newest: what helped, and what happens where.

Owns the ranking. Reads releases and the catalogue and nothing else, so that nobody can be told more here than a release tells.
Kept by ``tests/services/preventing/test_read.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure
from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.object_vocabulary import EvidenceGrade
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.prevention import Measure, Release
from app.domain.vocabulary import Surface
from app.services.authenticate import require
from app.services.cataloguing.current import current_catalogue
from app.services.exchange import Exchange
from app.services.preventing.elsewhere import OtherSurface, Place, nearest_places, nearest_surfaces
from app.services.preventing.numbers import OF_EFFECT, Numbers, Told
from app.storage import prevention

_NUMBER = re.compile("[1-9][0-9]{0,5}", re.ASCII)
_GRADES = {grade: place for place, grade in enumerate(EvidenceGrade)}


HELPED_RANKED_BY = ("helped", "helped_much", "evidence", "adopted", "code")
PICTURE_RANKED_BY = ("reported", "helped", "code")
"""By what answers are ranked, the first first: numbers with the largest first, and what is not told as nothing."""


@dataclass(frozen=True, slots=True)
class Helped:
    """What is told of one countermeasure against one behaviour on one surface.

    ``mitigates``: the catalogue says so, too; what organisations say counts all the same.
    """

    countermeasure: Countermeasure
    told: Mapping[Measure, Told]
    mitigates: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What helped against a behaviour on a surface, best first; ``release`` None: none was made yet.

    ``elsewhere``: where effects are told, if none is here.
    """

    release: Release | None
    surface: Surface
    behaviour: Behaviour
    countermeasures: tuple[Helped, ...]
    elsewhere: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One behaviour on a surface: how many organisations reported it, and what helped against it, best first."""

    behaviour: Behaviour
    reported: Told
    countermeasures: tuple[Helped, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What happens on a surface, most reported first; ``on_surface``: how many organisations said anything of it at all.

    ``elsewhere``: where reports are told, if none is here.
    """

    release: Release | None
    surface: Surface
    on_surface: Told
    behaviours: tuple[Happening, ...]
    elsewhere: tuple[OtherSurface, ...]


def list_releases(exchange: Exchange, principal: Principal) -> list[Release]:
    """List all releases, newest first."""
    require(principal, Permission.PREVENTION_READ)
    with exchange.database.read() as connection:
        return prevention.releases(connection)


def get_release(exchange: Exchange, principal: Principal, number: int) -> Release:
    """Give one release; raises ``NotFoundError`` where there is none of this number."""
    require(principal, Permission.PREVENTION_READ)
    with exchange.database.read() as connection:
        found = prevention.release_by_number(connection, number)
    if found is None:
        raise NotFoundError
    return found


def number_of(text: str) -> int:
    """Give the number of a release in a path (unverified text); raises ``NotFoundError`` for what can be none."""
    if not _NUMBER.fullmatch(text):
        raise NotFoundError
    return int(text)


def what_helped(exchange: Exchange, principal: Principal, behaviour: str, surface: Surface) -> Answer:
    """Give what the newest release tells of countermeasures against a behaviour on a surface, best first.

    Raises:
        MalformedInputError: the catalogue has no such behaviour.
    """
    catalogue, newest = _read(exchange, principal)
    known = catalogue.behaviours_by_code.get(behaviour)
    if known is None:
        raise MalformedInputError("The catalogue has no such behaviour.", pointer="/behaviour")
    numbers = Numbers.of(newest)
    ranked = _ranked(catalogue, numbers, behaviour, surface)
    is_told = any(_is_told(one.told) for one in ranked)
    return Answer(newest, surface, known, ranked, () if is_told else nearest_places(catalogue, numbers, known, surface))


def picture_of(exchange: Exchange, principal: Principal, surface: Surface) -> Picture:
    """Give what the newest release tells of a surface: its behaviours, most reported first, each with what helped."""
    catalogue, newest = _read(exchange, principal)
    numbers = Numbers.of(newest)
    behaviours = [
        Happening(one, numbers.told(Measure.REPORTED, surface, one.code), _ranked(catalogue, numbers, one.code, surface))
        for one in catalogue.behaviours
        if one.retired_in is None and (surface in one.surfaces or numbers.has(surface, one.code))
    ]
    behaviours.sort(key=lambda one: (-(one.reported.organisations or 0), -_best(one), one.behaviour.code))
    is_told = any(one.reported.organisations is not None for one in behaviours)
    elsewhere = () if is_told else nearest_surfaces(catalogue, numbers, surface)
    return Picture(newest, surface, numbers.told(Measure.ON_SURFACE, surface), tuple(behaviours), elsewhere)


def _read(exchange: Exchange, principal: Principal) -> tuple[Catalogue, Release | None]:
    require(principal, Permission.PREVENTION_READ)
    with exchange.database.read() as connection:
        return current_catalogue(connection), prevention.newest_release(connection)


def _best(happening: Happening) -> int:
    return max((one.told[Measure.HELPED].organisations or 0 for one in happening.countermeasures), default=0)


def _ranked(catalogue: Catalogue, numbers: Numbers, behaviour: str, surface: Surface) -> tuple[Helped, ...]:
    """Give the countermeasures that the catalogue has against a behaviour, or that a release tells to have helped, best first.

    By how many they helped, then helped much, then by the catalogue's evidence, then by how many adopted them.
    """
    helped = []
    for one in catalogue.countermeasures:
        told = {measure: numbers.told(measure, surface, behaviour, one.code) for measure in OF_EFFECT}
        told[Measure.ADOPTED] = numbers.told(Measure.ADOPTED, surface, countermeasure=one.code)
        mitigates = behaviour in one.mitigates
        if one.retired_in is None and (mitigates or _is_told(told)):
            helped.append(Helped(one, told, mitigates))
    return tuple(sorted(helped, key=_rank))


def _is_told(told: Mapping[Measure, Told]) -> bool:
    """Whether any number is told of effects."""
    return any(told[measure].organisations is not None for measure in OF_EFFECT)


def _rank(one: Helped) -> tuple[int, int, int, int, str]:
    numbers = [-(one.told[measure].organisations or 0) for measure in (Measure.HELPED, Measure.HELPED_MUCH, Measure.ADOPTED)]
    return numbers[0], numbers[1], -_GRADES[one.countermeasure.evidence], numbers[2], one.countermeasure.code
