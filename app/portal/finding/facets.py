"""What is found, counted by what it is: links that narrow the search, and chips of what it is narrowed to, which widen it.

Owns which values stand there, and that a number says "at least" where more was found than was counted. Kept by
``tests/portal/finding/test_facets.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.vocabulary import Harm, Phase, Surface, Urgency
from app.portal.finding.asked import FACETS, Asked
from app.portal.finding.names import Names
from app.portal.plain_words import said, type_words
from app.services.searching.search import FoundCounts

KINDS: Mapping[str, str] = {
    "behaviour": "Behaviour",
    "harm": "Harm",
    "owner": "Publisher",
    "phase": "Phase",
    "surface": "Surface",
    "type": "Kind of object",
    "urgency": "Urgency",
}
"""What a search can be narrowed by."""
_VOCABULARIES: Mapping[str, type[StrEnum]] = {"harm": Harm, "phase": Phase, "surface": Surface, "urgency": Urgency}
MOST_VALUES = 8
"""So many values of a facet stand there, those with the most objects."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that narrows a search: in words, how many objects have it, and where it leads."""

    words: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One kind of values, those with the most objects first; ``more``: how many values are not shown."""

    title: str
    choices: list[Choice]
    more: int


@dataclass(frozen=True, slots=True)
class Chip:
    """What a search is narrowed to, and the search without it."""

    kind: str
    words: str
    address: str


def facets_of(counted: FoundCounts, asked: Asked, names: Names) -> list[Facet]:
    """Give the facets of what was counted that can narrow it further; none of one value that everything has."""
    found = []
    for kind in FACETS:
        chosen = asked.narrowed.get(kind, ())
        values = {value: count for value, count in counted.by_kind.get(kind, {}).items() if value not in chosen}
        choices = [
            Choice(value_words(kind, value, names), count, asked.narrowed_to(kind, value).address)
            for value, count in list(values.items())[:MOST_VALUES]
        ]
        if choices and not chosen:
            found.append(Facet(KINDS[kind], choices, max(0, len(values) - MOST_VALUES)))
    return found


def chips_of(asked: Asked, names: Names) -> list[Chip]:
    """Give what a search is narrowed to."""
    return [
        Chip(KINDS[kind], value_words(kind, value, names), asked.widened(kind, value).address) for kind, value in asked.chosen
    ]


def value_words(kind: str, value: str, names: Names) -> str:
    """Give a value as it is shown: publishers and behaviours by their names."""
    if kind == "owner":
        return names.partner(value)
    if kind == "behaviour":
        return names.behaviour(value)
    return type_words(value) if kind == "type" else said(_VOCABULARIES[kind], value)
