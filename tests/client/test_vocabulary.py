"""Keeps the words that documents carry, and that the exchange has no others for them."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

import app.domain.vocabulary
from breakwater_client import vocabulary
from breakwater_client.vocabulary import Tlp

ENUMERATIONS = [
    value
    for value in vars(vocabulary).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
]


def test_there_are_words() -> None:
    assert {one.__name__ for one in ENUMERATIONS} == {"KeyAlgorithm", "KeyState", "KeyUsage", "Purpose", "Tlp"}


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_the_exchange_goes_by_the_same_words(enumeration: type[StrEnum]) -> None:
    assert getattr(app.domain.vocabulary, enumeration.__name__) is enumeration


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_a_word_is_its_name_in_small_letters(enumeration: type[StrEnum]) -> None:
    for word in enumeration:
        assert re.sub(r"[+-]", "_", word.value) == word.name.lower()


def test_labels_of_tlp_are_ranked_from_open_to_closed() -> None:
    assert [word.rank for word in Tlp] == list(range(len(Tlp)))
