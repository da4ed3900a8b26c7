from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.agreement import Agreement, RecallTerms
from app.domain.errors import MalformedInputError
from app.domain.vocabulary import OverdueRecall, Profile
from app.portal.forms import Sent
from app.portal.operating.agreement_fields import BOXES, STARTING, TEXTS, Given, given_by, given_of, listed_fields, version_of
from tests.factories.policy_values import agreement


def _form(given: Given, **changes: Any) -> Sent:
    known = {**given, **changes}
    return Sent({name: str(known[name]) for name in TEXTS}, {name: list(known[name]) for name in BOXES})


def _terms(value: Agreement) -> tuple[Any, ...]:
    return value.read, value.write, value.default_handling, value.recall, value.is_listed, value.ends_at


def test_the_form_holds_every_field_and_no_other() -> None:
    assert set(STARTING) == {*TEXTS, *BOXES}
    assert set(given_of(agreement())) == set(STARTING)


@pytest.mark.parametrize("value", [agreement(), agreement(recall=RecallTerms(12, OverdueRecall.LOSE_ACCESS), is_listed=True)])
def test_a_version_comes_back_as_it_was(value: Agreement) -> None:
    made = version_of(_form(given_of(value)), value.partner_id)
    assert (made.read, made.write, made.default_handling, made.recall, made.is_listed, made.ends_at) == _terms(value)
    assert made.starts_at is None


def test_what_was_typed_is_shown_again() -> None:
    form = _form(STARTING, read_countries="nl, de", read_roles=[])
    assert given_by(form)["read_countries"] == "nl, de"
    assert ("write_profiles", Profile.OCSEA) in list(listed_fields(given_by(form)))


def test_a_first_agreement_begins_without_anything_identifying() -> None:
    made = version_of(_form(STARTING), "p")
    assert "identifying" not in made.read.sensitivities | made.write.sensitivities
    assert made.read.cross_border.jurisdictions == frozenset()


def test_countries_numbers_and_moments_are_read() -> None:
    changes = {
        "read_countries": "nl, DE;fr",
        "read_versions_per_day": "10,000",
        "ends_at": "2027-01-31T08:00",
        "write_passes_on": "any",
    }
    made = version_of(_form(STARTING, **changes), "p")
    assert made.read.publisher_jurisdictions == {"NL", "DE", "FR"}
    assert made.read.volume.versions_per_day == 10_000
    assert made.ends_at == datetime(2027, 1, 31, 8, tzinfo=UTC)
    assert made.write.passes_on == {"any"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("read_roles", ["bank"]),
        ("read_countries", "Germany"),
        ("read_purposes", ["curiosity"]),
        ("read_tlp", "purple"),
        ("read_lookups_per_day", "0"),
        ("write_passes_on", "somebody"),
        ("recall_hours", ""),
        ("recall_hours", "9000"),
        ("starts_at", "tomorrow"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(field: str, value: object) -> None:
    with pytest.raises(MalformedInputError) as caught:
        version_of(_form(STARTING, **{field: value}), "p")
    assert caught.value.pointer == f"/{field}"
