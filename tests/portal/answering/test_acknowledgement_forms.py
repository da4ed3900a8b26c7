from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.errors import MalformedInputError
from app.domain.object_vocabulary import ContestOutcome, HeldBasis, RecallKind, RecallOutcome
from app.portal.answering.acknowledgement_forms import field_at, field_names, places_of, read_acknowledgement_form
from tests.portal.answering.test_shown_notices import record

UNTIL = datetime(2027, 1, 31, tzinfo=UTC)


def filled(**given: str) -> dict[str, str]:
    names = [*field_names([""]), *field_names(places_of(record(), one_by_one=True))]
    return dict.fromkeys(names, "") | given


def test_one_answer_is_about_all_versions() -> None:
    lines = read_acknowledgement_form(filled(outcome="deleted"), record(), one_by_one=False)
    assert [(one.stix_id, one.outcome) for one in lines] == [(f"indicator--{n}", RecallOutcome.DELETED) for n in (1, 2)]
    contest = record(kind=RecallKind.CONTEST)
    lines = read_acknowledgement_form(filled(outcome="kept"), contest, one_by_one=False)
    assert {one.outcome for one in lines} == {ContestOutcome.KEPT}


def test_versions_are_answered_one_by_one_and_some_left_open() -> None:
    given = filled(outcome2="held", basis2="legal-claim", until2="2027-01-31")
    [line] = read_acknowledgement_form(given, record(), one_by_one=True)
    assert (line.stix_id, line.basis, line.until) == ("indicator--2", HeldBasis.LEGAL_CLAIM, UNTIL)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "kept"}, "outcome"),
        ({"outcome": "held"}, "basis"),
        ({"outcome": "held", "basis": "legal-claim"}, "until"),
        ({"outcome": "held", "basis": "legal-claim", "until": "soon"}, "until"),
    ],
)
def test_what_is_left_out_or_wrong_is_said_at_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(MalformedInputError) as refused:
        read_acknowledgement_form(filled(**given), record(), one_by_one=False)
    assert field_at(refused.value.pointer, one_by_one=False) == field


def test_what_the_services_point_at_is_found_in_the_form() -> None:
    assert field_at("/outcomes/1/until", one_by_one=True) == "until2"
    assert field_at("/outcomes/1/until", one_by_one=False) == "until"
    assert [field_at(one, one_by_one=False) for one in (None, "/payload", "/outcomes")] == [""] * 3
    with pytest.raises(MalformedInputError):
        read_acknowledgement_form(filled(), record(), one_by_one=True)
