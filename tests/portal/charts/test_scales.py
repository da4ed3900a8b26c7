from __future__ import annotations

import pytest

from app.portal.charts.scales import brief, ceiling, exact, ticks


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (7, 10), (10, 10), (11, 20), (999, 1_000), (10**30 + 1, 2 * 10**30)]
)
def test_an_axis_ends_at_a_round_number(most: int, top: int) -> None:
    assert ceiling(most) == top


def test_lines_stand_at_whole_numbers() -> None:
    assert [ticks(top) for top in (1, 2, 5, 10)] == [[0, 1], [0, 1, 2], [0, 5], [0, 5, 10]]


def test_numbers_are_written_in_full_beside_the_picture() -> None:
    assert [exact(None), exact(0), exact(1_234_567)] == ["\N{EN DASH}", "0", "1,234,567"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (12_399, "12.3k"),
        (150_300, "150k"),
        (2_500_000, "2.5M"),
        (10**15, "1\N{MULTIPLICATION SIGN}10^15"),
        (3 * 10**40, "3\N{MULTIPLICATION SIGN}10^40"),
    ],
)
def test_an_axis_says_numbers_in_few_characters(value: int, words: str) -> None:
    assert brief(value) == words
