from __future__ import annotations

from typing import Any

import pytest

from app.portal.sharing.in_words import defanged, in_words
from app.services.composing.compose_form import compose_form
from app.services.composing.tell import composed_document
from tests.factories.observation_forms import OF_EVERY_KIND, form, writing


def told_of(*observables: dict[str, Any], **changes: Any) -> dict[str, Any]:
    composed = compose_form(form(*observables, **changes), writing())
    assert composed.refusals == ()
    return composed_document(composed)


def test_every_kind_is_told_by_what_leaves() -> None:
    told = in_words(told_of(*OF_EVERY_KIND), {"OP-017": "Repeated short-lived rooms"})
    assert len(told.things) == len(OF_EVERY_KIND)
    assert all(one.value for one in told.things)
    assert told.title == "Short-lived rooms"
    assert ("Behaviours", "OP-017 Repeated short-lived rooms") in told.facts
    assert "24 rules to detect something" in told.counts


def test_what_is_protected_and_what_is_context_is_told_as_detected_by_nobody() -> None:
    observables = [{"kind": "handle", "value": "@a.b"}, {"kind": "domain", "value": "example.org", "role": "context"}]
    told = in_words(told_of(*observables, subject_status="may-be-child"), {})
    assert {one.made_of_it for one in told.things} == {"Part of the picture; nobody is asked to detect it"}
    assert told.things[0].tier.startswith("Law enforcement and hotlines only")
    assert told.notes


def test_facts_are_told_in_plain_words() -> None:
    urgent = {
        "urgency": "imminent-risk",
        "already_reported_to": [{"body": "Police of Exampleland", "reported_at": "2026-02-01T09:00:00Z"}],
        "how_sure": {"confidence": 85},
        "provenance": "user-report",
        "what": {"title": "Rooms", "behaviours": ["OP-017"], "harm_types": ["csam"]},
    }
    facts = dict(in_words(told_of(**urgent), {}).facts)
    assert facts["How sure"] == "Sure (85)"
    assert facts["Urgency"] == "A child may be in danger now"
    assert facts["Known from"] == "A report by a user"
    assert facts["Already told"] == "Police of Exampleland"


def test_nothing_is_told_of_nothing() -> None:
    told = in_words({}, {})
    assert (told.title, told.facts, told.things, told.counts) == ("", [], [], "")


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("https://a.example.org/x", "url", "hxxps[:]//a[.]example[.]org/x"),
        ("example.org", "domain-name", "example[.]org"),
        ("example.org", "handle", "example.org"),
    ],
)
def test_addresses_are_shown_so_that_nobody_follows_them(value: str, kind: str, shown: str) -> None:
    assert defanged(value, kind) == shown
