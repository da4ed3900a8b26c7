"""What is refused of a form as a whole, all at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.catalogue import Catalogue
from app.stix.judge_form import has_protected, judge_form, protects
from app.stix.observation_documents import read_observation
from tests.factories.observation_forms import CATALOGUE, form
from tests.factories.policy_values import DAY, NOW

ACCOUNT = {"kind": "handle", "value": "a1"}
CHILD = {"subject_status": "may-be-child"}
TERM = {"kind": "keyword-term", "value": "term"}
RETIRED = replace(
    CATALOGUE,
    release=2,
    behaviours=tuple(
        replace(one, retired_in=2, replaced_by=("OP-016",)) if one.code == "OP-017" else one for one in CATALOGUE.behaviours
    ),
)


def refused(document: dict[str, Any], catalogue: Catalogue = CATALOGUE) -> list[tuple[str, str | None]]:
    return [(one.code.value, one.pointer) for one in judge_form(read_observation(document), catalogue, NOW)]


def text(moment: Any) -> str:
    spelled: str = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return spelled


def test_a_form_that_says_what_must_be_said_is_taken() -> None:
    assert refused(form(ACCOUNT)) == []
    assert refused(form(what={"title": "Rooms", "harm_types": ["csam"], "behaviours": ["OP-016"]}, subject_status=None)) == []


def test_whose_the_accounts_may_be_is_asked_first() -> None:
    assert refused(form(ACCOUNT, subject_status=None)) == [("subject-status-missing", "/subject_status")]
    assert refused(form(ACCOUNT | CHILD, subject_status=None)) == []
    assert refused(form({"kind": "domain", "value": "example.org"}, subject_status=None)) == []


def test_a_behaviour_that_is_unknown_or_retired_is_refused_where_it_stands() -> None:
    what = {"title": "Rooms", "harm_types": ["csam"], "behaviours": ["OP-017", "OP-999"]}
    assert refused(form(what=what)) == [("behaviour-unknown", "/what/behaviours/1")]
    assert refused(form(what=what), RETIRED) == [
        ("behaviour-retired", "/what/behaviours/0"),
        ("behaviour-unknown", "/what/behaviours/1"),
    ]
    [first, _] = judge_form(read_observation(form(what=what)), RETIRED, NOW)
    assert "OP-016" in first.sentence


def test_what_was_retired_without_another_names_none() -> None:
    gone = replace(CATALOGUE, behaviours=tuple(replace(one, retired_in=2) for one in CATALOGUE.behaviours))
    [only] = judge_form(read_observation(form()), gone, NOW)
    assert "instead" not in only.sentence


@pytest.mark.parametrize(
    ("reports", "refusals"),
    [
        (None, [("report-first", "/already_reported_to")]),
        ([{"body": "Police", "reported_at": text(NOW)}], []),
        ([{"body": "Police", "reported_at": text(NOW + 2 * DAY)}], [("report-first", "/already_reported_to")]),
    ],
)
def test_at_imminent_risk_somebody_was_told_before(reports: Any, refusals: list[tuple[str, str]]) -> None:
    assert refused(form(urgency="imminent-risk", already_reported_to=reports)) == refusals


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"seen": {"first": text(NOW), "last": text(NOW - DAY)}}, "/seen/last"),
        ({"seen": {"first": text(NOW + 2 * DAY)}}, "/seen/first"),
        ({"seen": {"last": text(NOW + 2 * DAY)}}, "/seen/last"),
        ({"valid_until": text(NOW)}, "/valid_until"),
        ({"how_sure": {"confidence": 1, "band": "low"}}, "/how_sure/band"),
        (
            {"who_may_know": {"marking_ref": "marking-definition--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01", "purposes": ["audit"]}},
            "/who_may_know/marking_ref",
        ),
        ({"what": {"title": "Rooms", "harm_types": ["csam"]}}, "/what/behaviours"),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any], pointer: str) -> None:
    assert refused(form(**changes)) == [("schema-violation", pointer)]


def test_an_observable_that_is_over_is_refused_where_it_stands() -> None:
    over = {**ACCOUNT, "valid_until": text(NOW - DAY)}
    assert refused(form(over)) == [("schema-violation", "/observables/0/valid_until")]


@pytest.mark.parametrize("observable", [ACCOUNT | CHILD, TERM])
def test_purposes_that_leave_nothing_are_refused(observable: dict[str, Any]) -> None:
    assert refused(form(observable, who_may_know={"purposes": ["safety-design"]})) == [
        ("schema-violation", "/who_may_know/purposes")
    ]
    assert refused(form(observable, who_may_know={"purposes": ["investigation", "safety-design"]})) == []


def test_everything_is_told_at_once() -> None:
    assert len(refused(form(ACCOUNT, subject_status=None, urgency="imminent-risk", valid_until=text(NOW)))) == 3


def test_children_and_people_whose_account_was_taken_over_are_protected() -> None:
    assert protects(read_observation(form(**CHILD)).subject_status)
    assert not protects(None)
    assert has_protected(read_observation(form(ACCOUNT, subject_status="compromised-account")))
    place = {"kind": "domain", "value": "example.org"}
    assert has_protected(read_observation(form(place, **CHILD)))
    assert not has_protected(read_observation(form(place | {"subject_status": "adult-believed"}, **CHILD)))
