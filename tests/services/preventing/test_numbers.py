"""Looking numbers up in a release."""

from __future__ import annotations

from app.domain.prevention import Measure
from app.domain.vocabulary import Surface
from app.services.preventing.numbers import Numbers, Told
from tests.factories.released import numbers


def test_of_no_release_nothing_is_told() -> None:
    assert Numbers.of(None).told(Measure.REPORTED, Surface.GAMING, "OP-012") == Told()


def test_a_number_is_found_by_its_place_alone() -> None:
    told = numbers((Measure.REPORTED, Surface.GAMING, "OP-012", "", 9))
    assert told.told(Measure.REPORTED, Surface.GAMING, "OP-012") == Told(9, "flat")
    assert told.told(Measure.REPORTED, Surface.GAMING, "OP-013") == Told()
    assert (told.has(Surface.GAMING, "OP-012"), told.has(Surface.FORUM, "OP-012")) == (True, False)
