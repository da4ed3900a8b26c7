"""Names are cut to words in every spelling, and no word tells two opposite things."""

from __future__ import annotations

import pytest

from app.stix.child_words import CHILD, OF_A_TREE, OF_MANY, TRAIT, VICTIM, plain, word_set, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x_victim_name", ["victim", "name"]),
        ("victimName", ["victim", "name"]),
        ("x-VICTIM-1-NAME", ["victim", "name"]),
        ("âge_de_l'enfant", ["age", "de", "enfant"]),
        ("URLName", ["url", "name"]),
        ("x", []),
        ("", []),
    ],
)
def test_a_name_is_cut_to_words(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def test_accents_and_capitals_do_not_count() -> None:
    assert plain("NIÑA") == "nina"
    assert word_set("Âge Schüler") == {"age", "schuler"}


def test_no_word_is_of_one_and_of_many() -> None:
    assert not (CHILD | VICTIM) & (OF_MANY | OF_A_TREE)
    assert not VICTIM & (CHILD | TRAIT)


def test_every_ascii_letter_has_one_plain_form_whatever_stands_beside_it() -> None:
    for number in range(128):
        letter = chr(number)
        assert plain(f"{letter}ß")[:-2] == plain(letter)  # beside what is not ASCII, the long way is taken
