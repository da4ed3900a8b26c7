"""The campaign ``make timing`` is kept able to run, and its arithmetic true; it is no test of time itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.timing.__main__ import LEAK, measure
from tests.timing.arms import QUESTIONS
from tests.timing.distinguish import area_under_curve, noise


@pytest.mark.parametrize(
    ("first", "second", "area"),
    [
        ([1.0], [1.0], 0.5),
        ([2.0], [1.0], 1.0),
        ([1.0], [2.0], 0.0),
        ([1.0, 3.0], [2.0, 2.0], 0.5),
        ([2.0, 3.0], [1.0, 2.0], 0.875),
    ],
)
def test_the_area_is_the_chance_that_one_takes_longer(first: list[float], second: list[float], area: float) -> None:
    assert area_under_curve(first, second) == area


def test_many_requests_make_little_noise() -> None:
    assert noise(5_000) < 0.02 < noise(500)


@pytest.mark.parametrize("leak", ["", LEAK], ids=["exchange", "control"])
def test_every_question_is_answered_alike_by_status(tmp_path: Path, leak: str) -> None:
    wanted = ["object"] if leak else list(QUESTIONS)
    found = dict(measure(f"sqlite:///{tmp_path / 'timing.db'}", wanted, 4, leak))
    assert found.keys() == set(wanted)
    assert all(0 <= area <= 1 for area in found.values())
