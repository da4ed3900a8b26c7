"""Keeps the order and the spelling of the closed vocabularies."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import pytest

from app.domain import vocabulary
from app.domain.vocabulary import (
    ANY,
    Channel,
    Harm,
    OnwardShare,
    PermittedUse,
    Phase,
    Provenance,
    Purpose,
    Review,
    Role,
    Sensitivity,
    StaffRole,
    SubjectStatus,
    Surface,
    Tlp,
    Urgency,
)

ENUMERATIONS = [
    value
    for value in vars(vocabulary).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
]
RANKED: list[Any] = [Tlp, Sensitivity, SubjectStatus, Review, OnwardShare]
IN_ORDER_OF_THE_CHAIN = [Phase]


def test_every_ranked_vocabulary_is_tested_here() -> None:
    assert {each.__name__ for each in ENUMERATIONS if hasattr(each, "rank")} == {each.__name__ for each in RANKED}


@pytest.mark.parametrize("enumeration", [each for each in ENUMERATIONS if each not in RANKED + IN_ORDER_OF_THE_CHAIN])
def test_a_vocabulary_without_an_order_of_its_own_is_alphabetical(enumeration: type[StrEnum]) -> None:
    words = [word.value for word in enumeration]
    assert words == sorted(words)


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_a_word_is_its_name_in_small_letters(enumeration: type[StrEnum]) -> None:
    for word in enumeration:
        assert re.sub(r"[+-]", "_", word.value) == word.name.lower()


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_any_is_no_word_of_a_vocabulary(enumeration: type[StrEnum]) -> None:
    assert ANY not in {word.value for word in enumeration}


@pytest.mark.parametrize(
    ("enumeration", "words"),
    [
        (Tlp, ["clear", "green", "amber", "amber+strict", "red"]),
        (Sensitivity, ["aggregate", "behavioural", "identifying"]),
        (SubjectStatus, ["adult-believed", "unknown", "compromised-account", "may-be-child"]),
        (Review, ["unreviewed", "human-reviewed", "second-reviewed", "le-confirmed"]),
        (OnwardShare, ["none", "same-organisation", "listed"]),
    ],
)
def test_a_ranked_vocabulary_counts_from_zero_in_its_order(enumeration: Any, words: list[str]) -> None:
    assert [enumeration(word).rank for word in words] == list(range(len(words)))
    assert len(enumeration) == len(words)


def test_the_phases_stand_in_the_order_of_the_chain() -> None:
    first, *_between, last = Phase
    assert (first, last, len(Phase)) == ("presence-and-persona", "evasion-and-return", 10)


@pytest.mark.parametrize(
    ("enumeration", "count"),
    [
        (Role, 7),
        (Purpose, 6),
        (Channel, 5),
        (Harm, 9),
        (Surface, 22),
        (PermittedUse, 14),
        (Provenance, 8),
        (Urgency, 5),
        (StaffRole, 3),
    ],
)
def test_no_word_appears_or_goes_unnoticed(enumeration: type[StrEnum], count: int) -> None:
    assert len(enumeration) == count
