from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.domain.recall import Choice


@dataclass(frozen=True)
class Stored:
    version_key: str


VERSIONS = [Stored(key) for key in "abc"]


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (Choice(), "abc"),
        (Choice(first=True), "a"),
        (Choice(last=True), "c"),
        (Choice(first=True, last=True), "ac"),
        (Choice(keys=frozenset("b")), "b"),
        (Choice(keys=frozenset("ca")), "ac"),
        (Choice(first=True, keys=frozenset("ab")), "ab"),
        (Choice(keys=frozenset("bd")), ""),
        (Choice(last=True, keys=frozenset("d")), ""),
    ],
)
def test_a_choice_means_these_versions_oldest_first(choice: Choice, meant: str) -> None:
    assert "".join(one.version_key for one in choice.of(VERSIONS)) == meant


def test_of_one_version_the_first_is_the_last() -> None:
    assert Choice(first=True, last=True).of(VERSIONS[:1]) == VERSIONS[:1]


@pytest.mark.parametrize("choice", [Choice(), Choice(first=True), Choice(last=True)])
def test_of_nothing_nothing_is_meant(choice: Choice) -> None:
    assert choice.of([]) == []
