"""Behaviours are found by the words of people who do not know the catalogue."""

from __future__ import annotations

import pytest

from app.domain.catalogue import Behaviour
from app.domain.vocabulary import Phase
from app.services.cataloguing.founding import founding
from app.services.drafting.behaviour_words import Found, look_for, other_words

_PHASES = {Phase.EVASION_AND_RETURN: "Evading, and coming back"}
_EVERY: list[Behaviour] = list(founding().behaviours)


def found(words: str) -> Found:
    return look_for(_EVERY, words, _PHASES)


def codes(words: str) -> set[str]:
    return {one.code for one in found(words).behaviours}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("REPEATED short-lived", {"OP-017"}),
        ("OP-023", {"OP-023"}),
        ("blackmail", {"OP-012", "OP-013", "OP-014"}),
        ("Sextortion", {"OP-012", "OP-013"}),
        ("threatens to publish", {"OP-012", "OP-013", "OP-014"}),
        ("pretends to be", {"OP-001"}),
        ("fake profile", {"OP-001"}),
        ("poses as a talent scout", {"OP-001"}),
        ("impersonating", {"OP-001"}),
        ("asks for nudes", {"OP-010"}),
        ("pictures", {"OP-010", "OP-012"}),
        ("whatsapp", {"OP-007"}),
        ("moves to other app", {"OP-007"}),
        ("keep it secret", {"OP-008"}),
        ("gift card", {"OP-006", "OP-013"}),
        ("bitcoin", {"OP-013", "OP-018"}),
        ("webcam", {"OP-011"}),
        ("grooming", {"OP-005"}),
        ("evading", {"OP-023", "OP-024", "OP-025"}),
    ],
)
def test_people_find_what_they_mean(words: str, wanted: set[str]) -> None:
    assert wanted <= codes(words)
    assert len(codes(words)) < len(_EVERY) / 2, "and not everything"


def test_where_nothing_has_all_words_that_with_the_most_is_found() -> None:
    some = found("blackmail for money by zebras")
    assert not some.has_all
    assert "OP-013" in {one.code for one in some.behaviours}
    assert found("blackmail money").has_all
    assert found("zebras").behaviours == []


@pytest.mark.parametrize("nothing", ["", "  ", "to be or", "…"])
def test_without_a_word_that_says_something_all_are_shown(nothing: str) -> None:
    assert (found(nothing).behaviours, found(nothing).has_all) == (_EVERY, True)


def test_the_words_given_to_the_page_have_the_phases_title_and_no_idle_ones() -> None:
    last = next(one for one in _EVERY if one.phase is Phase.EVASION_AND_RETURN)
    words = other_words(last, _PHASES).split()
    assert {"evading", "coming", "back"} <= set(words)
    assert "and" not in words
    assert len(words) == len(set(words))
