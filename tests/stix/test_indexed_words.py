from __future__ import annotations

import pytest

from app.domain.words import GAP, KEY
from app.stix.facts import searched_words
from app.stix.indexed_words import words_of
from tests.factories.stix_objects import context, indicator, user_account


def test_name_description_and_codes_of_behaviours_are_words_and_nothing_else_is() -> None:
    stated = context(behaviours=["OP-015", "OP-012"])
    value = indicator(name="Short rooms", description="Seen twice.", labels=["x"], stated=stated)
    assert words_of(value, is_person=False) == f"short rooms {GAP} seen twice {GAP} op 012 {GAP} op 015"


def test_observables_and_what_is_about_a_person_have_none() -> None:
    said = searched_words(user_account("someone") | {"name": "someone"})
    assert said
    assert all(word.startswith(KEY) for word in said.split(" "))
    person = {"type": "identity", "name": "Someone", "modified": "2026-01-01T00:00:00Z", "identity_class": "individual"}
    assert searched_words(person) == ""
    assert searched_words(person | {"identity_class": "organization"}) == "someone"


def test_keys_stand_behind_the_words() -> None:
    words = searched_words(indicator(name="Short", description="Rooms")).split(" ")
    assert words[:4] == ["short", GAP, "rooms", GAP]
    assert words[4].startswith(KEY)


@pytest.mark.parametrize("name", [5, None, ["x"], {"a": "b"}])
def test_what_is_no_text_is_passed_over(name: object) -> None:
    assert words_of({"type": "x-thing", "modified": "2026-01-01T00:00:00Z", "name": name}, is_person=False) == ""
