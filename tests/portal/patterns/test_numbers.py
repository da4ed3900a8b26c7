from __future__ import annotations

from itertools import pairwise

import pytest

from app.domain.prevention import Measure, Trend
from app.domain.vocabulary import Surface
from app.portal.patterns import numbers as module
from app.portal.patterns.numbers import Number, heated, ranges
from app.services.weighing.sightings_over_time import Sightings
from tests.factories.released import numbers
from tests.factories.tokens import contrast, luminance, tokens

INK_OF_STEP = ["ink"] * 4 + ["accent-ink"] * 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_heat_is_told_by_lightness_alone_and_its_text_is_readable(scheme: str) -> None:
    known = tokens(scheme)
    steps = [known[f"heat-{step}"] for step in range(6)]
    lightness = [luminance(one) for one in steps]
    assert lightness == sorted(lightness, reverse=scheme == "light")
    for one, other in pairwise(steps):
        assert contrast(one, other) >= 1.18, (one, other)
    for colour, ink in zip(steps, INK_OF_STEP, strict=True):
        assert contrast(colour, known[ink]) >= 4.5, (scheme, colour)


def test_the_style_sheet_writes_on_each_step_what_is_readable_there() -> None:
    from app.portal.assets import STATIC  # noqa: PLC0415  # what only this needs

    text = (STATIC / "patterns.css").read_text()
    for step, ink in enumerate(INK_OF_STEP):
        assert f".heat-{step} {{ background: var(--heat-{step}); color: var(--{ink}); }}" in text


def test_steps_are_fifths_of_the_largest_number_and_nought_is_none() -> None:
    counts = {str(count): Number(count) for count in (None, 0, 1, 2, 5, 10)}
    assert {code: one.step for code, one in heated(counts).items()} == {"None": 0, "0": 0, "1": 1, "2": 1, "5": 3, "10": 5}
    assert {one.step for one in heated({"a": Number(0), "b": Number()}).values()} == {0}


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 10, 10**12])
def test_the_legend_says_of_every_number_its_step(most: int) -> None:
    for count in {0, 1, 2, most // 2, most - 1, most} & set(range(min(most, 20) + 1)) | {most}:
        step = heated({"a": Number(count), "b": Number(most)})["a"].step
        assert [one for one, least, largest in ranges(most) if least <= count <= largest] == [step]


def test_surfaces_are_never_added_up() -> None:
    told = numbers((Measure.REPORTED, Surface.LIVE_STREAM, "OP-017", "", 9), (Measure.REPORTED, Surface.VOICE, "OP-017", "", 12))
    flat = Trend.FLAT
    assert vars(module)["_released"](told, "OP-017", None) == Number(12, flat, Surface.VOICE)
    assert vars(module)["_released"](told, "OP-017", Surface.LIVE_STREAM) == Number(9, flat, Surface.LIVE_STREAM)
    assert vars(module)["_released"](told, "OP-012", None) == Number()


@pytest.mark.parametrize(
    ("weeks", "trend"),
    [([0] * 13, Trend.UNKNOWN), ([0] * 11 + [1, 0], Trend.UP), ([0] * 6 + [1] + [0] * 6, Trend.DOWN), ([1] * 13, Trend.FLAT)],
)
def test_the_trend_of_sightings_leaves_the_running_week_out(weeks: list[int], trend: Trend) -> None:
    assert vars(module)["_visible"](Sightings(weeks, [])) == Number(sum(weeks), trend)
