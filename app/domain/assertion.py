"""Statements of different publishers about one thing: kept apart, and counted as often as they are independent.

Owns what makes two statements one line: the same publisher (parts of one organisation are one), a copy (the same id that nobody
can compute), or one source that both name. Kept by ``tests/domain/test_assertion.py``.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement comes from: its publisher's organisation, its id, whether that is computed, which sources it names."""

    organisation: str
    stix_id: str
    is_computed: bool
    sources: frozenset[str] = frozenset()

    @property
    def traits(self) -> list[Hashable]:
        """What two statements of one line have in common, any of it."""
        copied = [] if self.is_computed else [("id", self.stix_id)]
        cited = [("id" if "--" in one else "source", one) for one in sorted(self.sources)]
        return [("owner", self.organisation), *copied, *cited]


def lines(origins: Sequence[Origin]) -> list[int]:
    """Give the number of the line of each statement, counted from 1 in their order."""
    leader = list(range(len(origins)))

    def find(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    first: dict[Hashable, int] = {}
    for place, origin in enumerate(origins):
        for trait in origin.traits:
            other = find(first.setdefault(trait, place))
            mine = find(place)
            leader[max(mine, other)] = min(mine, other)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(find(place), len(numbers) + 1) for place in range(len(origins))]
