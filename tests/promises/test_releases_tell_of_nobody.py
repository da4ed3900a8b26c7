"""An attacker goes through every history of small exchanges, and cannot tell of anybody whether it is in a cell.

In the small: groups of two instead of five, one traitor instead of four. What the rule is made of is needed: without each part
the same attacker finds something. In the large, with the numbers that are used, drawn histories keep what this rests on.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prevention import Cell
from app.policy import aggregates
from app.policy.aggregates import MOST_NEED, SMALLEST_GROUP, Look, Standing, decide, shown
from tests.promises.every_history import ADOPTED, HELPED, NOT_HELPED, ON, SAID, Exchange, found_out

WORDS = tuple(SAID)


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(6, ("nothing", "adopted"), 2),
        Exchange(6, ("nothing", "adopted"), 3),
        Exchange(9, ("nothing", "adopted"), 2),
        Exchange(8, WORDS, 1),
        Exchange(9, WORDS, 1),
    ],
    ids=lambda one: f"{one.members} members, {len(one.words)} words, {one.releases} releases",
)
def test_nobody_is_found_whatever_was_declared(exchange: Exchange) -> None:
    assert found_out(exchange, traitors=1) == set()


def test_with_as_many_traitors_as_a_group_has_members_somebody_is_found() -> None:
    assert found_out(Exchange(6, ("nothing", "adopted"), 1), traitors=2)


def test_with_a_fixed_need_a_traitor_learns_that_nobody_else_is_in() -> None:
    fixed = Exchange(8, WORDS, 1, needs=(2,))
    assert any(one.cell == HELPED and not one.is_in for one in found_out(fixed, traitors=1))


def _only_the_smallest(standings: dict[Cell, Standing]) -> dict[Cell, int]:
    return {cell: len(one.members) for cell, one in standings.items() if len(one.members) >= one.need}


def test_without_a_limit_on_those_outside_all_are_found_to_be_in() -> None:
    unlimited = Exchange(6, ("nothing", "adopted"), 1, shown=_only_the_smallest)
    assert any(one.cell == ADOPTED and one.is_in for one in found_out(unlimited, traitors=0))


def test_what_is_counted_live_is_found() -> None:
    live = Exchange(6, ("nothing", "adopted"), 2, needs=(0,), smallest=0)
    assert any(one.traitors == 0 for one in found_out(live, traitors=0))


# --- in the large -----------------------------------------------------------------------------------------------------------

ORGANISATIONS = [f"{number:02}" for number in range(30)]
_word = st.sampled_from(WORDS)
_moment = st.lists(_word, min_size=len(ORGANISATIONS), max_size=len(ORGANISATIONS))
_histories = st.lists(_moment, min_size=1, max_size=5)


_Made = list[tuple[dict[Cell, Standing], dict[Cell, int]]]


def _release(moments: Sequence[Sequence[str]], seed: int, order: Sequence[str]) -> _Made:
    """Give standings and numbers of each release; ``order`` says which organisation has the first history, and so on."""
    draw = random.Random(seed)  # repeatable
    standings: dict[Cell, Standing] = {}
    made = []
    for words in moments:
        cells: dict[Cell, dict[str, int]] = {}
        for who, word in zip(order, words, strict=True):
            for cell in SAID[word]:
                cells.setdefault(cell, {})[who] = 1
        look = Look(cells, frozenset(ORGANISATIONS))
        standings = decide(standings, look, lambda: draw.randint(SMALLEST_GROUP, MOST_NEED))
        made.append((standings, shown(standings)))
    return made


@given(_histories, st.integers(0, 2**32), st.permutations(ORGANISATIONS))
def test_releases_do_not_depend_on_who_is_who(moments: list[list[str]], seed: int, order: list[str]) -> None:
    told = [numbers for _, numbers in _release(moments, seed, ORGANISATIONS)]
    assert [numbers for _, numbers in _release(moments, seed, order)] == told


@given(_histories, st.integers(0, 2**32))
def test_whatever_is_subtracted_from_whatever_five_remain(moments: list[list[str]], seed: int) -> None:
    made = _release(moments, seed, ORGANISATIONS)
    for standings, numbers in made:
        assert all(number >= SMALLEST_GROUP for number in numbers.values())
        within = [numbers[ADOPTED] - numbers[one] for one in (HELPED, NOT_HELPED) if one in numbers]
        if HELPED in numbers and NOT_HELPED in numbers:
            within.append(numbers[ADOPTED] - numbers[HELPED] - numbers[NOT_HELPED])
        assert all(rest >= SMALLEST_GROUP for rest in within)
        assert all(standings[cell].outside >= SMALLEST_GROUP for cell in numbers)
    for (earlier, before), (later, after) in itertools.pairwise(made):
        for cell in before.keys() & after.keys():
            if before[cell] != after[cell]:
                assert len(earlier[cell].members ^ later[cell].members) >= SMALLEST_GROUP


@given(_histories, st.integers(0, 2**32), st.sets(st.sampled_from(ORGANISATIONS), max_size=SMALLEST_GROUP - 1))
def test_in_a_shown_cell_and_around_it_there_is_somebody_beside_four_traitors(
    moments: list[list[str]], seed: int, traitors: set[str]
) -> None:
    """So that whoever is in it can have exchanged everything with somebody who is not, or the other way round."""
    for standings, numbers in _release(moments, seed, ORGANISATIONS):
        for cell in numbers.keys() - {ON}:
            assert standings[cell].members - traitors
            assert standings[cell].outside > len(traitors)


def test_the_numbers_that_are_used_are_those_that_are_promised() -> None:
    assert (SMALLEST_GROUP, MOST_NEED, aggregates.LARGEST_SHARE) == (5, 7, 0.5)
