"""The founding release covers the vocabulary, and names nothing that it does not have."""

from __future__ import annotations

from app.domain.catalogue import is_behaviour_code, is_countermeasure_code
from app.domain.vocabulary import Phase, Surface
from app.stix.catalogue_documents import read_catalogue
from app.stix.published import founding_catalogue

FOUNDING = read_catalogue(founding_catalogue())


def test_the_founding_release_defines_each_phase_and_surface() -> None:
    assert list(FOUNDING.phases) == list(Phase)
    assert set(FOUNDING.surfaces) == set(Surface)
    assert all((*FOUNDING.phases.values(), *FOUNDING.surfaces.values()))


def test_each_phase_has_a_behaviour() -> None:
    assert {one.phase for one in FOUNDING.behaviours} == set(Phase)


def test_codes_are_well_formed_in_order_and_given_once() -> None:
    behaviours, countermeasures = list(FOUNDING.behaviours_by_code), list(FOUNDING.countermeasures_by_code)
    assert behaviours == sorted(set(behaviours))
    assert countermeasures == sorted(set(countermeasures))
    assert all(map(is_behaviour_code, behaviours))
    assert all(map(is_countermeasure_code, countermeasures))
    assert (len(behaviours), len(countermeasures)) == (len(FOUNDING.behaviours), len(FOUNDING.countermeasures))


def test_countermeasures_mitigate_what_the_catalogue_has() -> None:
    assert all(one.mitigates <= FOUNDING.behaviours_by_code.keys() for one in FOUNDING.countermeasures)
