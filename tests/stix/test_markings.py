"""What markings say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import ProfileError
from app.domain.handling import MarkingTerms, ObjectContext
from app.domain.vocabulary import Harm, OnwardShare, PermittedUse, Purpose, Review, Sensitivity, SubjectStatus, Tlp, Urgency
from app.stix.markings import marking_terms, object_context
from breakwater_client.documents import published
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from breakwater_client.tlp_markings import TLP_MARKINGS
from tests.stix.authored_objects import AUDIENCE, FOREIGN_EXTENSION, context

OWN_ID = "marking-definition--7c1f0d52-8a1e-4b9a-9b53-0d3a7a1c5e90"
HANDLING_TLP = {"extension_type": "property-extension", "tlp": "amber"}


def marking(**more: Any) -> dict[str, Any]:
    return {"type": "marking-definition", "id": OWN_ID, **more}


WORDS = MarkingTerms(is_statement=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TLP:CLEAR", {Tlp.CLEAR}),
        ("TLP:WHITE", {Tlp.CLEAR}),
        ("TLP:GREEN", {Tlp.GREEN}),
        ("TLP:AMBER", {Tlp.AMBER}),
        ("TLP:AMBER+STRICT", {Tlp.AMBER_STRICT}),
        ("TLP:RED", {Tlp.RED}),
    ],
)
def test_the_tlp_markings_of_oasis_have_their_label(name: str, expected: set[Tlp]) -> None:
    objects = [value for value in published.tlp_markings() if value["name"] == name]
    assert {marking_terms(value) for value in objects} == {MarkingTerms(tlp=label) for label in expected}


def test_every_tlp_marking_is_published_and_mapped() -> None:
    assert set(TLP_MARKINGS) == {value["id"] for value in published.tlp_markings()}


def test_a_handling_marking_says_all_that_it_has() -> None:
    handling = {
        **HANDLING_TLP,
        "audience_id": AUDIENCE,
        "purposes": ["detection", "investigation"],
        "permitted_uses": ["detect", "no-model-training"],
        "onward_share": "same-organisation",
        "release_at": "2026-11-03T00:00:00Z",
        "expires_at": "2027-11-03T00:00:00.123456Z",
    }
    assert marking_terms(marking(extensions={HANDLING: handling})) == MarkingTerms(
        tlp=Tlp.AMBER,
        audience_id=AUDIENCE,
        purposes=frozenset({Purpose.DETECTION, Purpose.INVESTIGATION}),
        permitted_uses=frozenset({PermittedUse.DETECT, PermittedUse.NO_MODEL_TRAINING}),
        onward_share=OnwardShare.SAME_ORGANISATION,
        release_at=datetime(2026, 11, 3, tzinfo=UTC),
        expires_at=datetime(2027, 11, 3, 0, 0, 0, 123456, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (marking(extensions={HANDLING: HANDLING_TLP}), MarkingTerms(tlp=Tlp.AMBER)),
        (marking(extensions={HANDLING: HANDLING_TLP, SIGNATURE: {}}), MarkingTerms(tlp=Tlp.AMBER)),
        (marking(definition_type="statement", definition={"statement": "© us"}), WORDS),
        (marking(definition_type="statement", definition={"statement": "© us"}, extensions={SIGNATURE: {}}), WORDS),
        (marking(definition_type="statement", definition={"statement": "© us"}, extensions={FOREIGN_EXTENSION: {}}), None),
        (marking(extensions={HANDLING: HANDLING_TLP, FOREIGN_EXTENSION: {}}), None),
        (marking(extensions={FOREIGN_EXTENSION: {}}), None),
        (marking(extensions={SIGNATURE: {}}), None),
        (marking(definition_type="acme", definition={"level": 5}), None),
        (marking(extensions={"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {"tlp_2_0": "clear"}}), None),
    ],
)
def test_an_unknown_meaning_is_none_and_never_silence(value: dict[str, Any], expected: MarkingTerms | None) -> None:
    assert marking_terms(value) == expected


def test_a_time_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ProfileError) as refusal:
        marking_terms(marking(extensions={HANDLING: {**HANDLING_TLP, "expires_at": "2026-02-30T00:00:00Z"}}))
    assert refusal.value.pointer == f"/extensions/{HANDLING}/expires_at"


def test_the_context_is_read() -> None:
    extension = context(
        harm_types=["csam", "network-facilitation"],
        subject_status="may-be-child",
        review="le-confirmed",
        urgency="imminent-risk",
        already_reported_to=[
            {"body": "Synthetic hotline", "reported_at": "2026-11-02T09:30:00.5Z"},
            {"body": "Police of Exampleland", "reported_at": "2026-11-02T09:29:00Z"},
        ],
    )
    assert object_context({"extensions": {OCSEA_CONTEXT: extension}}) == ObjectContext(
        sensitivity=Sensitivity.BEHAVIOURAL,
        harm_types=frozenset({Harm.CSAM, Harm.NETWORK_FACILITATION}),
        subject_status=SubjectStatus.MAY_BE_CHILD,
        review=Review.LE_CONFIRMED,
        urgency=Urgency.IMMINENT_RISK,
        last_reported_at=datetime(2026, 11, 2, 9, 30, 0, 500_000, tzinfo=UTC),
    )


@pytest.mark.parametrize("value", [{}, {"extensions": {FOREIGN_EXTENSION: {"sensitivity": "aggregate"}}}])
def test_without_context_an_object_is_silent(value: dict[str, Any]) -> None:
    assert object_context(value) == ObjectContext()
