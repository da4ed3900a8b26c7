"""Keeps the order and the spelling of the vocabularies of the exchange's own objects."""

from __future__ import annotations

from enum import StrEnum

import pytest

from app.domain import object_vocabulary
from app.domain.object_vocabulary import Cost, CountBand, EvidenceGrade, OpinionWord, PerceptualAlgorithm

ENUMERATIONS = [
    value
    for value in vars(object_vocabulary).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
]
IN_AN_ORDER_OF_THEIR_OWN = [Cost, CountBand, EvidenceGrade, OpinionWord]


@pytest.mark.parametrize("enumeration", [each for each in ENUMERATIONS if each not in IN_AN_ORDER_OF_THEIR_OWN])
def test_a_vocabulary_without_an_order_of_its_own_is_alphabetical(enumeration: type[StrEnum]) -> None:
    words = [word.value for word in enumeration]
    assert words == sorted(words)


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_a_word_is_its_name_in_small_letters(enumeration: type[StrEnum]) -> None:
    for word in enumeration:
        assert word.value.replace("-", "_") == word.name.lower()


def test_the_heaviest_perceptual_hash_is_not_among_them() -> None:
    assert "tmk-pdqf" not in {word.value for word in PerceptualAlgorithm}


@pytest.mark.parametrize(("count", "band"), [(1, "few"), (9, "few"), (10, "tens"), (999, "hundreds"), (10**6, "thousands")])
def test_a_count_has_its_band(count: int, band: str) -> None:
    assert CountBand.of(count) == band
