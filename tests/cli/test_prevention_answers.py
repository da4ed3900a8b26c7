"""Answers in words: one line for each thing, dashes, and what to ask instead."""

from __future__ import annotations

from typing import Any

import pytest

from app.cli.prevention_answers import LEGEND, helped_lines, picture_lines, width_of_terminal

HEAD = {"release": 3, "released_at": "2026-01-31T00:00:00.000Z", "reports_since": "2025-11-01T00:00:00.000Z"}
NO_HEAD = dict.fromkeys(HEAD)


def number(count: int | None = None, trend: str = "unknown") -> dict[str, Any]:
    return {"organisations": count, "trend": trend}


def by(code: str = "CM-007", **told: dict[str, Any]) -> dict[str, Any]:
    numbers = dict.fromkeys(("adopted", "helped", "helped_much", "not_helped", "adverse"), number())
    return {"code": code, "name": f"Name of {code}", "evidence": "expert", "mitigates": True, **numbers, **told}


def happening(code: str, reported: dict[str, Any], *countermeasures: dict[str, Any]) -> dict[str, Any]:
    return {"behaviour": code, "name": f"Name of {code}", "reported": reported, "countermeasures": list(countermeasures)}


def picture(*behaviours: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told = {"surface": "live-stream", "on_surface": number(), "behaviours": list(behaviours), "elsewhere": []}
    return {**HEAD, **told, **changes}


def helped(*countermeasures: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told = {"surface": "live-stream", "behaviour": "OP-012", "name": "A behaviour", "countermeasures": list(countermeasures)}
    return {**HEAD, **told, "elsewhere": [], **changes}


FULL = picture(
    happening("OP-017", number(13, "up"), by(helped=number(8, "down"), adopted=number(16)), by("CM-008")),
    happening("OP-011", number(8, "flat"), by(adopted=number(16))),
    *(happening(f"OP-10{place}", number()) for place in range(9)),
)


def test_each_behaviour_that_is_told_of_is_one_line_in_its_rank() -> None:
    lines = picture_lines(FULL, 100)
    assert " 1. 13 up    OP-017 Name of OP-017; helped: CM-007 8 down" in lines
    assert " 2. 8        OP-011 Name of OP-011; helped: -" in lines
    assert [line for line in lines if "CM-008" in line] == []
    assert "Adopted on live-stream, against whatever: CM-007 16." in lines


def test_what_has_no_number_is_one_sentence_and_the_release_is_named() -> None:
    text = " ".join(picture_lines(FULL, 100))
    assert "Nothing is told of 9 that the catalogue has here: OP-100 Name of OP-100; OP-101" in text
    assert "Release 3 of 2026-01-31, with reports since 2025-11-01." in text
    assert "How many organisations are on it at all is withheld." in text
    assert LEGEND in text


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_line_is_wider_than_it_may_be_and_what_goes_on_stands_beside_the_number(width: int) -> None:
    lines = [*picture_lines(FULL, width), *helped_lines(helped(by(helped=number(8))), width)]
    assert max(map(len, lines)) <= width
    if width == 40:
        assert lines[lines.index(next(line for line in lines if line.startswith(" 1. 13 up"))) + 1].startswith(" " * 13)


def test_a_countermeasure_is_told_with_all_its_numbers_and_what_the_catalogue_does_not_say() -> None:
    told = by(helped=number(12, "up"), adopted=number(19, "up"), mitigates=False)
    lines = helped_lines(helped(told, by("CM-020"), by("CM-015", adopted=number(9))), 140)
    beginning = " 1. 12 up    CM-007 Name of CM-007 (the catalogue does not say so); "
    assert beginning + "much -, not helped -, adverse -; adopted 19 up; evidence expert" in lines
    assert [line for line in lines if line.startswith(" 2. -        CM-015")]
    assert "Nothing is told of 1 that the catalogue has against it: CM-020 Name of CM-020." in lines


def test_where_nothing_is_told_it_is_said_where_something_is() -> None:
    near = {"surface": "direct-message", "behaviour": "OP-012", "name": "A behaviour", "countermeasures": ["CM-012"]}
    lines = helped_lines(helped(by(), elsewhere=[near]), 100)
    assert "    breakwater prevention helped OP-012 direct-message (A behaviour: CM-012)" in lines
    other = {"surface": "video-call", "behaviours": ["OP-017"]}
    assert "    video-call (OP-017)" in picture_lines(picture(elsewhere=[other]), 100)


def test_before_the_first_release_there_are_no_numbers_to_wonder_about() -> None:
    lines = picture_lines(picture(happening("OP-017", number()), **NO_HEAD), 100)
    assert any(line.startswith("No release was made yet") for line in lines)
    assert "withheld" not in " ".join(lines)


@pytest.mark.parametrize(("columns", "width"), [("20", 40), ("72", 72), ("300", 100)])
def test_lines_are_as_wide_as_the_terminal_within_limits(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width_of_terminal() == width
