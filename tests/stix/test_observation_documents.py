"""The form as a document: its schema, its examples, and what of it is refused where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from app.domain import observation, vocabulary
from app.domain.errors import Code, ProfileError
from app.domain.observation import ObservableKind, ObservableRole
from app.domain.vocabulary import SubjectStatus, Urgency
from app.stix.observation_documents import read_observation, why_unreadable
from breakwater_client.documents import published

EXAMPLES = sorted((published.folder() / "examples/observations").glob("*.json"))
LEAST = {
    "type": "observation",
    "what": {"title": "Rooms", "harm_types": ["live-streamed-csa"]},
    "where": {"surfaces": ["live-stream"]},
    "who_may_know": {},
}
FORMS = {"language": observation.RuleLanguage, "kind": ObservableKind, "role": ObservableRole}


def refused(document: Any) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        read_observation(document)
    assert caught.value.code is Code.SCHEMA_VIOLATION
    return caught.value


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: str(path.stem))
def test_every_example_is_read(example: Path) -> None:
    document = json.loads(example.read_text())
    form = read_observation(document)
    assert form.title == document["what"]["title"]
    assert len(form.observables) == len(document.get("observables", []))


def test_the_least_form_says_what_and_where_and_who_may_know() -> None:
    form = read_observation(LEAST)
    assert (form.subject_status, form.observables, form.urgency) == (None, (), None)


def test_words_and_times_are_read_as_what_they_are() -> None:
    form = read_observation(
        {
            **LEAST,
            "subject_status": "may-be-child",
            "urgency": "historic",
            "seen": {"first": "2026-01-01T00:00:00Z"},
            "observables": [{"kind": "ip", "value": "192.0.2.1", "role": "context"}],
        }
    )
    assert (form.subject_status, form.urgency) == (SubjectStatus.MAY_BE_CHILD, Urgency.HISTORIC)
    assert form.first_seen is not None
    assert form.first_seen.utcoffset() is not None
    assert form.observables[0].role is ObservableRole.CONTEXT


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"what": {"title": "Rooms"}}, "/what/harm_types"),
        ({"what": {"title": "Rooms", "harm_types": []}}, "/what/harm_types"),
        ({"what": {"title": "Rooms", "harm_types": ["csam"], "behaviours": ["T1566"]}}, "/what/behaviours/0"),
        ({"where": {"surfaces": ["street"]}}, "/where/surfaces/0"),
        ({"observables": [{"kind": "name", "value": "somebody"}]}, "/observables/0/kind"),
        ({"observables": [{"kind": "url"}]}, "/observables/0"),
        ({"observables": [{"kind": "url", "value": "https://example.org", "token": {}}]}, "/observables/0/token/scheme"),
        ({"how_sure": {"confidence": 101}}, "/how_sure/confidence"),
        ({"seen": {"first": "2026-02-30T00:00:00Z"}}, "/seen/first"),
        ({"valid_until": "tomorrow"}, "/valid_until"),
        ({"who_may_know": {"audience_id": "everybody"}}, "/who_may_know/audience_id"),
        (
            {"already_reported_to": [{"body": "Police", "reported_at": "2026-02-30T00:00:00Z"}]},
            "/already_reported_to/0/reported_at",
        ),
    ],
)
def test_a_refusal_points_to_the_place_and_repeats_nothing(change: dict[str, Any], pointer: str) -> None:
    refusal = refused({**LEAST, **change})
    assert refusal.pointer == pointer
    assert "street" not in refusal.sentence


@pytest.mark.parametrize("document", [None, [], "observation", 1])
def test_what_is_no_object_is_refused_as_a_whole(document: Any) -> None:
    assert refused(document).pointer == ""


def _enumerations(schema: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:
    if isinstance(schema, dict):
        if "enum" in schema:
            yield name, schema["enum"]
        for key, member in schema.items():
            yield from _enumerations(member, name if key == "items" else key)


def test_the_words_of_the_schema_are_the_vocabularies() -> None:
    known = [
        {word.value for word in each}
        for module in (vocabulary, observation)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, StrEnum) and len(each)
    ]
    for name, words in _enumerations(published.observation_schema()):
        assert name == "payment_kind" or set(words) in known, name


def test_every_kind_can_be_entered() -> None:
    for kind in ObservableKind:
        assert (
            read_observation({**LEAST, "observables": [{"kind": kind.value, "value": "something"}]}).observables[0].kind is kind
        )


def test_everything_that_is_wrong_is_told_at_once_with_its_place_and_what_to_do() -> None:
    wrong = {
        **LEAST,
        "what": LEAST["what"] | {"behaviours": ["OP-12"]},
        "where": {},
        "observables": [{"kind": "handle"}, {"kind": "nothing", "value": "x"}, {"kind": "md5", "value": "a", "token": {}}],
    }
    told = {one.pointer: one.sentence for one in why_unreadable(wrong)}
    places = ["/what/behaviours/0", "/where/surfaces", "/observables/0", "/observables/1/kind"]
    assert [one for one in told if one in places] == places
    assert any(place.startswith("/observables/2") for place in told)
    assert "a value, a token" in told["/observables/0"]
    assert "such as OP-012" in told["/what/behaviours/0"]


def test_of_too_many_observables_it_is_told_how_else() -> None:
    many = LEAST | {"observables": [{"kind": "handle", "value": f"user_{number}"} for number in range(500)]}
    [fault] = why_unreadable(many)
    assert fault.pointer == "/observables"
    assert "at most 100" in fault.sentence
    assert "500" in fault.sentence
    assert "import csv" in fault.sentence
