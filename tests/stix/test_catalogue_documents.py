"""Documents of the catalogue are read and written without a loss; the founding release covers the vocabulary."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure, Reference, is_behaviour_code, is_countermeasure_code
from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.vocabulary import Harm, Phase, Surface
from app.stix.catalogue_documents import catalogue_document, read_catalogue
from breakwater_client.documents.published import founding_catalogue

FOUNDING = read_catalogue(founding_catalogue())
TEXTS = st.text(max_size=20)
MOMENTS = st.integers(0, 10**9).map(lambda seconds: datetime(2026, 11, 27, tzinfo=UTC) + timedelta(seconds=seconds))
REFERENCES = st.lists(st.builds(Reference, TEXTS, TEXTS, st.none() | TEXTS), max_size=2).map(tuple)
CODES = st.from_regex("OP-[0-9]{3}", fullmatch=True)
BEHAVIOURS = st.builds(
    Behaviour,
    code=CODES,
    name=TEXTS,
    definition=TEXTS,
    detection=TEXTS,
    phase=st.sampled_from(Phase),
    surfaces=st.frozensets(st.sampled_from(Surface)),
    harms=st.frozensets(st.sampled_from(Harm)),
    references=REFERENCES,
    retired_in=st.none() | st.integers(1, 99),
    replaced_by=st.lists(CODES, max_size=2).map(tuple),
    added_at=MOMENTS,
    changed_at=MOMENTS,
)
COUNTERMEASURES = st.builds(
    Countermeasure,
    code=st.from_regex("CM-[0-9]{3}", fullmatch=True),
    name=TEXTS,
    definition=TEXTS,
    intent=TEXTS,
    principle=st.sampled_from(SafetyPrinciple),
    level=st.sampled_from(ResponseLevel),
    preconditions=st.lists(TEXTS, max_size=2).map(tuple),
    rights_impact=TEXTS,
    evidence=st.sampled_from(EvidenceGrade),
    cost=st.sampled_from(Cost),
    residual_risk=TEXTS,
    mitigates=st.frozensets(CODES, max_size=3),
    surfaces=st.frozensets(st.sampled_from(Surface)),
    references=REFERENCES,
    retired_in=st.none() | st.integers(1, 99),
    replaced_by=st.lists(CODES, max_size=2).map(tuple),
    added_at=MOMENTS,
    changed_at=MOMENTS,
    no_longer_mitigates=st.frozensets(CODES, max_size=3),
)
CATALOGUES = st.builds(
    Catalogue,
    release=st.integers(1, 99),
    released_at=MOMENTS,
    phases=st.dictionaries(st.sampled_from(Phase), TEXTS),
    surfaces=st.dictionaries(st.sampled_from(Surface), TEXTS),
    behaviours=st.lists(BEHAVIOURS, max_size=3).map(tuple),
    countermeasures=st.lists(COUNTERMEASURES, max_size=3).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(CATALOGUES)
def test_what_is_written_reads_as_what_it_was(catalogue: Catalogue) -> None:
    assert read_catalogue(json.loads(json.dumps(catalogue_document(catalogue)))) == catalogue


def test_the_founding_release_is_spelt_as_we_spell() -> None:
    assert catalogue_document(FOUNDING) == founding_catalogue()


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
