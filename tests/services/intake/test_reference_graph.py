from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.intake.reference_graph import components

CHAIN = 5_000


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        ([], []),
        ([[]], [{0}]),
        ([[0]], [{0}]),
        ([[1], [2], []], [{2}, {1}, {0}]),
        ([[], [0], [1]], [{0}, {1}, {2}]),
        ([[1], [0]], [{0, 1}]),
        ([[1], [2], [0, 3], []], [{3}, {0, 1, 2}]),
        ([[1, 2], [3], [3], []], [{3}, {1}, {2}, {0}]),
    ],
    ids=["nothing", "alone", "itself", "chain", "chain the other way", "circle", "circle with a tail", "diamond"],
)
def test_what_is_referred_to_comes_first_and_circles_together(targets: list[list[int]], found: list[set[int]]) -> None:
    assert list(map(set, components(targets))) == found


@given(st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=8, max_size=8))
def test_components_are_those_that_reach_each_other(targets: list[list[int]]) -> None:
    reach = {start: _reached(targets, start) for start in range(8)}
    found = components(targets)
    assert sorted(number for component in found for number in component) == list(range(8))
    for component in found:
        assert all({other for other in reach[one] if one in reach[other]} | {one} == set(component) for one in component)
    done: set[int] = set()
    for component in found:
        assert all(reach[one] <= done | set(component) for one in component)
        done |= set(component)


def _reached(targets: list[list[int]], start: int) -> set[int]:
    reached, pending = set(), list(targets[start])
    while pending:
        number = pending.pop()
        if number not in reached:
            reached.add(number)
            pending += targets[number]
    return reached


def test_a_chain_of_a_whole_envelope_is_walked_without_recursion() -> None:
    assert components([[number + 1] for number in range(CHAIN)] + [[]]) == [[number] for number in range(CHAIN, -1, -1)]
