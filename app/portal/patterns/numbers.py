"""The numbers that the matrix shows beside behaviours, whatever they count: how many, whether more or fewer than before, how hot.

Owns the six steps of heat, and that what is not told is not nought. Kept by ``tests/portal/patterns/test_numbers.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.catalogue import Behaviour
from app.domain.prevention import Measure, Release, Trend
from app.domain.vocabulary import Surface
from app.portal.cookies import signed_in
from app.portal.patterns.asked import Asked, Source
from app.portal.reading import own_reader
from app.services.preventing.numbers import Numbers
from app.services.preventing.read import list_releases
from app.services.preventing.release import document_of
from app.services.weighing.sightings_over_time import Sightings, WeeklySightings, sightings_over_time
from app.web.context import exchange

STEPS = 5
"""The hottest step; the coolest is 0, for nought and for what is not told."""


@dataclass(frozen=True, slots=True)
class Number:
    """How many; ``count`` None: not told. ``surface``: on which the number was told, where it is of one."""

    count: int | None = None
    trend: Trend = Trend.UNKNOWN
    surface: Surface | None = None
    step: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of behaviours by their codes: of a release, of the sightings that one sees, or (both None) there are none."""

    of: Mapping[str, Number]
    release: Release | None = None
    sightings: WeeklySightings | None = None

    @property
    def reports_since(self) -> datetime | None:
        """From when on a release counts reports."""
        return None if self.release is None else datetime.fromisoformat(document_of(self.release)["reports_since"])

    @property
    def hottest(self) -> int:
        """Give the largest number."""
        return max((one.count or 0 for one in self.of.values()), default=0)

    @property
    def is_told(self) -> bool:
        """Whether any number is told that is not nought."""
        return self.hottest > 0


def count(asked: Asked, behaviours: Sequence[Behaviour]) -> Counted:
    """Give the numbers of these behaviours that the request asks for and who is signed in may see."""
    if asked.source is Source.VISIBLE:
        sightings = sightings_over_time(exchange(), own_reader())
        return Counted(heated({one.code: _visible(sightings.of(one.code)) for one in behaviours}), sightings=sightings)
    if asked.source is Source.RELEASED:
        newest = next(iter(list_releases(exchange(), signed_in().principal)), None)
        told = Numbers.of(newest)
        return Counted(heated({one.code: _released(told, one.code, asked.surface) for one in behaviours}), newest)
    return Counted({one.code: Number() for one in behaviours})


def heated(numbers: Mapping[str, Number]) -> dict[str, Number]:
    """Give numbers with their steps: fifths of the largest number, from 1 on; 0 is nought, or not told."""
    most = max((one.count or 0 for one in numbers.values()), default=0)
    return {code: replace(one, step=-(-STEPS * (one.count or 0) // most) if most else 0) for code, one in numbers.items()}


def ranges(most: int) -> list[tuple[int, int, int]]:
    """Give each step that has numbers, from the coolest: the step, its least and its largest number."""
    ends = [(step, most * (step - 1) // STEPS + 1, most * step // STEPS) for step in range(1, STEPS + 1)]
    return [(0, 0, 0), *((step, least, largest) for step, least, largest in ends if least <= largest)]


def _visible(sightings: Sightings) -> Number:
    lately, before = sightings.lately
    trend = Trend.UNKNOWN if lately == before == 0 else _trend(lately, before)
    return Number(sum(sightings.seen), trend)


def _trend(now: int, before: int) -> Trend:
    return Trend.FLAT if now == before else Trend.UP if now > before else Trend.DOWN


def _released(told: Numbers, code: str, surface: Surface | None) -> Number:
    """Give what is told of a behaviour on a surface; without one, of the surface on which most reported it.

    Numbers of surfaces are never added up: an organisation may be in several.
    """
    here: Iterable[Surface] = Surface if surface is None else (surface,)
    found = [(one, where) for where in here if (one := told.told(Measure.REPORTED, where, code)).organisations is not None]
    if not found:
        return Number()
    best, where = max(found, key=lambda each: each[0].organisations or 0)
    return Number(best.organisations, Trend(best.trend), where)
