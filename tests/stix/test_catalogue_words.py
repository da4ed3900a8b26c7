"""The lists are in small letters, as they are looked up, and do not forbid what the catalogue is written with."""

from __future__ import annotations

import re

from app.stix import catalogue_words
from app.stix.catalogue_texts import words_of
from app.stix.catalogue_words import CURRENCIES, NUMBERS, PLACES, REJECTED, is_known_name, name_digest


def test_words_are_spelt_as_they_are_looked_up() -> None:
    for word in (*CURRENCIES, *NUMBERS, *PLACES, *REJECTED):
        assert " ".join(words_of(word)) == word
    assert {len(place.split()) for place in PLACES} == {1, 2}


def test_lists_do_not_overlap() -> None:
    assert CURRENCIES.isdisjoint(NUMBERS)
    assert PLACES.isdisjoint(CURRENCIES | NUMBERS)


def test_rejected_wording_says_what_to_do_instead_without_repeating_it() -> None:
    for rejected, instead in REJECTED.items():
        assert instead.endswith(".")
        assert f" {rejected} " not in f" {' '.join(words_of(instead))} "


def test_names_are_known_by_their_digests_alone() -> None:
    assert is_known_name("examplechat")
    assert not is_known_name("example")
    assert all(re.fullmatch("[0-9a-f]{12}", digest) for digest in catalogue_words._NAMES)
    assert name_digest("examplechat") in catalogue_words._NAMES
    assert len(catalogue_words._NAMES) > 50


def test_ordinary_words_are_no_names() -> None:
    ordinary = "account child contact device group live message network payment room service session stream".split()  # noqa: SIM905  # reads as what it is
    assert not any(map(is_known_name, ordinary))
