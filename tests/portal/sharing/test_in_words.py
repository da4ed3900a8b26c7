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
    assert "24 indicators" in told.counts


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
    assert facts["How sure"] == "Sure (85 of 100)"
    assert facts["Urgency"] == "A child may be in danger now"
    assert facts["Known from"] == "A report by a user"
    assert facts["Already told"] == "Police of Exampleland, 1 Feb 2026, 09:00 UTC"


def test_all_that_leaves_is_told_for_who_reads_it_as_the_second() -> None:
    said = {
        "seen": {"first": "2026-02-01T09:00:00Z", "last": "2026-02-03T10:30:00Z"},
        "where": {"surfaces": ["live-stream"], "service": "Example Chat"},
        "how_sure": {"band": "high", "reliability": "a", "credibility": 2},
        "already_reported_to": [{"body": "Police", "reported_at": "2026-02-01T09:00:00Z", "reference": "X-1"}],
        "who_may_know": {
            "tlp": "green",
            "onward_share": "same-organisation",
            "permitted_uses": ["detect", "no-model-training"],
            "purposes": ["detection", "investigation"],
        },
        "subject_status": "adult-believed",
    }
    told = in_words(
        told_of(
            {"kind": "handle", "value": "@a.b"}, {"kind": "handle", "value": "@c.d", "subject_status": "may-be-child"}, **said
        ),
        {},
    )
    facts = dict(told.facts)
    assert facts["Service"] == "example-chat"
    assert (facts["First seen"], facts["Last seen"]) == ("1 Feb 2026, 09:00 UTC", "3 Feb 2026, 10:30 UTC")
    assert facts["Admiralty scale"] == "source A, information 2"
    assert len({one.whose for one in told.things}) == 2
    assert all(one.whose for one in told.things)
    shared, protected = told.terms
    terms = dict(shared.facts)
    assert terms["Label"].startswith("TLP:GREEN. ")
    assert terms["Audience"] == "What your organisation's agreement says by default"
    assert terms["They may read it for"] == "Finding abuse on one's own service, investigating a case"
    assert terms["What they may do with it"] == "They may: detect it. They must: train no model with it."
    assert terms["They may pass it on to"] == "Others in the reader's organisation"
    assert protected.tier == "Law enforcement and hotlines only; nothing detects it"
    assert dict(protected.facts)["Label"].startswith("TLP:AMBER+STRICT. ")
    assert not [one for one in (shared.tier, protected.tier) if "you said" in one], "it is told to the author and to the reader"


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
