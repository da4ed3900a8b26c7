"""What releases tell of cells: each part of the rule by itself. The attacker is in ``tests/promises``."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from app.domain.prevention import Cell, Measure, Trend
from app.domain.vocabulary import Surface
from app.policy.aggregates import NEVER, Contributions, Look, Standing, decide, shown, trend, within

LIVE = Surface.LIVE_STREAM
ON = Cell(Measure.ON_SURFACE, LIVE)
ADOPTED = Cell(Measure.ADOPTED, LIVE, countermeasure="CM-007")
REPORTED = Cell(Measure.REPORTED, LIVE, "OP-017")
HELPED = Cell(Measure.HELPED, LIVE, "OP-017", "CM-007")
HELPED_MUCH = Cell(Measure.HELPED_MUCH, LIVE, "OP-017", "CM-007")
NOT_HELPED = Cell(Measure.NOT_HELPED, LIVE, "OP-017", "CM-007")
ADVERSE = Cell(Measure.ADVERSE, LIVE, "OP-017", "CM-007")
EVERYBODY = frozenset(f"{number:02}" for number in range(60))


def ids(count: int, first: int = 0) -> list[str]:
    return [f"{number:02}" for number in range(first, first + count)]


def once(members: Iterable[str]) -> dict[str, int]:
    return dict.fromkeys(members, 1)


def released(*looks: Contributions, need: int = 5) -> list[dict[Cell, int]]:
    standings: dict[Cell, Standing] = {}
    told = []
    for contributions in looks:
        standings = decide(standings, Look(contributions, EVERYBODY), lambda: need)
        told.append(shown(standings))
    return told


def test_each_measure_is_counted_within_another() -> None:
    assert within(ON) is None
    assert within(ADOPTED) == within(REPORTED) == ON
    assert within(HELPED) == within(NOT_HELPED) == ADOPTED
    assert within(HELPED_MUCH) == HELPED
    assert within(ADVERSE) == NOT_HELPED


@pytest.mark.parametrize(("adopted", "number"), [(0, None), (4, None), (5, 5), (15, 15), (16, None), (20, None)])
def test_a_number_is_shown_of_five_with_five_outside(adopted: int, number: int | None) -> None:
    [told] = released({ON: once(ids(20)), ADOPTED: once(ids(adopted))})
    assert told.get(ADOPTED) == number
    assert told[ON] == 20


@pytest.mark.parametrize(("adopted", "number"), [(6, None), (7, 7), (13, 13), (14, None)])
def test_what_is_drawn_moves_both_limits(adopted: int, number: int | None) -> None:
    [told] = released({ON: once(ids(20)), ADOPTED: once(ids(adopted))}, need=7)
    assert told.get(ADOPTED) == number


def test_a_cell_is_repeated_until_five_differ_however_long_that_takes() -> None:
    on = once(ids(30))
    told = released(
        {ON: on, ADOPTED: once(ids(8))},
        {ON: on, ADOPTED: once(ids(12))},
        {ON: on, ADOPTED: once(ids(8, 2))},
        {ON: on, ADOPTED: once(ids(13))},
        {ON: on, ADOPTED: once(ids(9))},
        {ON: on, ADOPTED: once(ids(8))},
        {ON: on},
    )
    assert [one.get(ADOPTED) for one in told] == [8, 8, 8, 13, 13, 8, None]


def test_what_was_never_shown_comes_when_five_differ_from_nobody() -> None:
    on = once(ids(30))
    assert [one.get(ADOPTED) for one in released({ON: on, ADOPTED: once(ids(4))}, {ON: on, ADOPTED: once(ids(5))})] == [None, 5]


@pytest.mark.parametrize(("most", "number"), [(5, 6), (6, None), (100, None)])
def test_nobody_makes_up_more_than_half_of_what_was_reported(most: int, number: int | None) -> None:
    [told] = released({ON: once(ids(20)), REPORTED: once(ids(6)) | {"00": most}})
    assert told.get(REPORTED) == number


def test_an_effect_is_shown_where_as_many_adopters_did_not_see_it() -> None:
    on, adopted = once(ids(40)), once(ids(15))
    [told] = released({ON: on, ADOPTED: adopted, HELPED: once(ids(10))})
    assert (told[ADOPTED], told[HELPED]) == (15, 10)
    [told] = released({ON: on, ADOPTED: adopted, HELPED: once(ids(11))})
    assert HELPED not in told
    [told] = released({ON: once(ids(15)), ADOPTED: adopted, HELPED: once(ids(8))})
    assert told.keys() == {ON}


@pytest.mark.parametrize(("adopted", "both"), [(17, True), (16, False)])
def test_of_two_that_exclude_each_other_both_are_shown_if_the_rest_is_large(adopted: int, *, both: bool) -> None:
    contributions = {
        ON: once(ids(40)),
        ADOPTED: once(ids(adopted)),
        HELPED: once(ids(6)),
        NOT_HELPED: once(ids(6, 6)),
    }
    [told] = released(contributions)
    assert told[HELPED] == 6
    assert (NOT_HELPED in told) is both


def test_what_lies_within_a_cell_that_is_not_shown_is_not_shown() -> None:
    contributions = {
        ON: once(ids(40)),
        ADOPTED: once(ids(36)),
        HELPED: once(ids(12)),
        HELPED_MUCH: once(ids(6)),
        NOT_HELPED: once(ids(12, 12)),
        ADVERSE: once(ids(6, 12)),
    }
    [told] = released(contributions)
    assert told.keys() == {ON}
    [told] = released(contributions | {ADOPTED: once(ids(35))})
    assert told.keys() == contributions.keys()


def test_a_repeated_number_is_held_against_the_outer_one_as_that_is_now() -> None:
    on = once(ids(50))
    told = released(
        {ON: on, ADOPTED: once(ids(20)), HELPED: once(ids(10))},
        {ON: on, ADOPTED: once(ids(14)), HELPED: once(ids(10))},
        {ON: on, ADOPTED: once(ids(20)), HELPED: once(ids(10))},
    )
    assert [one.get(HELPED) for one in told] == [10, None, 10]


def test_a_repeated_number_leaves_enough_of_the_outer_one_though_some_of_its_own_are_in_that_no_more() -> None:
    on = once(ids(50))
    first, then = {ON: on, ADOPTED: once(ids(20)), HELPED: once(ids(10))}, {ON: on, HELPED: once(ids(6, 4))}
    told = released(first, then | {ADOPTED: once(ids(12, 4))})[1]
    assert told == {ON: 50, ADOPTED: 12}, "twelve and ten would tell of two"
    told = released(first, then | {ADOPTED: once(ids(15, 4))})[1]
    assert told == {ON: 50, ADOPTED: 15, HELPED: 10}


def test_what_is_not_told_leaves_the_rest_as_it_is() -> None:
    contributions = {ON: once(ids(40)), ADOPTED: once(ids(15)), HELPED: once(ids(4)), NOT_HELPED: once(ids(10, 4))}
    assert released(contributions)[0][NOT_HELPED] == 10


def test_a_surface_is_told_of_where_five_are_not_on_it() -> None:
    [told] = released({ON: once(sorted(EVERYBODY)[:55])})
    assert told == {ON: 55}
    [told] = released({ON: once(sorted(EVERYBODY)[:56]), ADOPTED: once(ids(20))})
    assert told == {ADOPTED: 20}


@pytest.mark.parametrize(("adopted", "number"), [(51, 51), (52, None)])
def test_five_of_a_surface_that_is_not_told_of_are_outside_all_the_same(adopted: int, number: int | None) -> None:
    [told] = released({ON: once(sorted(EVERYBODY)[:56]), ADOPTED: once(sorted(EVERYBODY)[:adopted])})
    assert told.get(ADOPTED) == number
    assert ON not in told


def test_where_everybody_took_back_what_they_declared_nothing_is_told() -> None:
    assert released({ON: once(ids(20)), ADOPTED: once(ids(10))}, {})[1] == {}


def test_nobody_stands_in_what_was_never_decided() -> None:
    assert NEVER.members == frozenset()
    assert shown({ADOPTED: NEVER}) == {}


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [(None, 5, Trend.UNKNOWN), (5, None, Trend.UNKNOWN), (5, 5, Trend.FLAT), (5, 9, Trend.UP), (9, 5, Trend.DOWN)],
)
def test_a_trend_compares_released_numbers(before: int | None, now: int | None, moved: Trend) -> None:
    assert trend(before, now) is moved
