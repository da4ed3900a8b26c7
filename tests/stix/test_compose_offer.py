"""An offer says kinds and bands of what a form says, and nothing that stands in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.composed import Composed
from app.stix.compose import compose
from app.stix.observation_documents import read_observation
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT
from tests.factories.observation_forms import form, writing

AUDIENCE = "audience--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
MARKING = "marking-definition--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
OFFER = {"who_may_know": {"tlp": "amber", "audience_id": AUDIENCE}, "considered_purposes": ["detection"]}
HANDLE = {"kind": "handle", "value": "somebody_17"}


def composed(*observables: dict[str, Any], **changes: Any) -> Composed:
    return compose(read_observation(form(*observables, **{"offer": OFFER} | changes)), writing())


def offer_in(found: Composed) -> dict[str, Any]:
    [one] = [one.value for one in found.made if one.value["type"] == "access-offer"]
    return dict(one)


def test_it_says_kinds_a_band_and_months_under_a_handling_of_its_own() -> None:
    seen = {"first": "2026-01-20T00:00:00Z", "last": "2026-02-25T00:00:00Z"}
    found = composed(HANDLE, {"kind": "domain", "value": "example.org"}, seen=seen)
    offer = offer_in(found)
    assert (offer["observable_kinds"], offer["count_band"]) == (["domain", "handle"], "few")
    assert (offer["first_month"], offer["last_month"], offer["respond_within_days"]) == ("2026-01", "2026-02", 14)
    others = [one.value for one in found.made if one.value["type"] not in ("access-offer", "marking-definition")]
    assert not any(offer["object_marking_refs"][0] in one.get("object_marking_refs", ()) for one in others)
    [marking] = [one.value for one in found.made if one.value["id"] == offer["object_marking_refs"][0]]
    assert marking["extensions"][HANDLING]["audience_id"] == AUDIENCE


def test_nothing_of_the_observables_or_the_other_objects_stands_in_it() -> None:
    found = composed(HANDLE)
    text = json.dumps(offer_in(found))
    hidden = [one.value["id"] for one in found.made if one.value["type"] not in ("access-offer", "marking-definition")]
    assert not any(one in text for one in ("somebody_17", "Short-lived rooms", "Example Live", *hidden))
    assert not any(offer_in(found)["id"] in json.dumps(one.value) for one in found.made if one.value["id"] in hidden)


@pytest.mark.parametrize("status", ["adult-believed", "may-be-child"])
def test_whose_the_accounts_may_be_goes_along(status: str) -> None:
    assert offer_in(composed(HANDLE, subject_status=status))["extensions"][OCSEA_CONTEXT]["subject_status"] == status


def test_without_observables_it_speaks_of_behaviours_alone() -> None:
    offer = offer_in(composed())
    assert offer.keys().isdisjoint({"observable_kinds", "count_band", "first_month", "last_month"})
    assert offer["extensions"][OCSEA_CONTEXT]["behaviours"] == ["OP-017"]


def test_a_marking_that_is_there_is_named() -> None:
    found = composed(HANDLE, offer=OFFER | {"who_may_know": {"marking_ref": MARKING}})
    assert offer_in(found)["object_marking_refs"] == [MARKING]


def test_without_an_audience_it_is_told_who_decides() -> None:
    found = composed(HANDLE, offer=OFFER | {"who_may_know": {}})
    assert "/offer/who_may_know" in [one.pointer for one in found.remarks]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"who_may_know": {"group_id": "2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"}}, "/offer"),
        (
            {"offer": OFFER | {"who_may_know": {"marking_ref": MARKING, "audience_id": AUDIENCE}}},
            "/offer/who_may_know/marking_ref",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any], pointer: str) -> None:
    assert [one.pointer for one in composed(HANDLE, **changes).refusals] == [pointer]
