"""What stands in the words of a form, and goes to more people than the account does."""

from __future__ import annotations

from typing import Any

import pytest

from app.stix.observable_objects import describe
from app.stix.observation_documents import read_observation
from app.stix.wide_words import words_that_tell
from tests.factories.observation_forms import form

HANDLE = {"kind": "handle", "value": "@Some_Body17"}


def refused(*observables: dict[str, Any], title: str = "Rooms", description: str = "Nothing", **changes: Any) -> list[str | None]:
    what = {"title": title, "description": description, "harm_types": ["csam"]}
    read = read_observation(form(*observables, what=what, **changes))
    found = list(words_that_tell(read, [describe(one, read) for one in read.observables]))
    assert not any("some_body17" in one.sentence.lower() for one in found)
    return [one.pointer for one in found]


@pytest.mark.parametrize(
    "text", ["Some_Body17", "the account @some_body17, twice", "SOME_BODY17's room", "\uff33ome_body17", "(some_body17)"]
)
def test_a_handle_in_the_words_is_refused_where_it_stands(text: str) -> None:
    assert refused(HANDLE, title=text) == ["/what/title"]
    assert refused(HANDLE, description=f"It was {text}") == ["/what/description"]


@pytest.mark.parametrize("text", ["some body", "xsome_body17", "some_body171", "nothing"])
def test_other_words_are_not(text: str) -> None:
    assert refused(HANDLE, title=text) == []


def test_a_value_that_stands_in_words_by_chance_is_not_looked_for() -> None:
    assert refused({"kind": "account-id", "value": "117"}, title="Rooms of 117 minutes") == []
    assert refused({"kind": "account-id", "value": "40117"}, title="Account 40117") == ["/what/title"]


def test_what_leads_to_nobody_may_be_named() -> None:
    domain = {"kind": "domain", "value": "rooms.example.org"}
    assert refused(domain, title="Rooms at rooms.example.org") == []
    assert refused(domain | {"subject_status": "may-be-child"}, title="Rooms at rooms.example.org") == ["/what/title"]


def test_a_rule_and_a_token_are_no_words() -> None:
    assert refused({"kind": "text-rule", "value": "Rooms"}, title="Rooms") == []
