"""Statements are counted as often as they are independent."""

from __future__ import annotations

import pytest

from app.domain.assertion import Origin, lines

A, B = "indicator--a", "url--b"


def drawn(organisation: str, stix_id: str, *sources: str) -> Origin:
    return Origin(organisation, stix_id, is_computed=False, sources=frozenset(sources))


def computed(organisation: str, stix_id: str, *sources: str) -> Origin:
    return Origin(organisation, stix_id, is_computed=True, sources=frozenset(sources))


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        ([], []),
        ([computed("p", B), computed("q", B)], [1, 2]),
        ([drawn("p", A), drawn("q", A)], [1, 1]),
        ([drawn("p", A), computed("p", B)], [1, 1]),
        ([computed("p", B, "s\x001"), computed("q", B, "s\x001")], [1, 1]),
        ([computed("p", B, "s\x001"), computed("q", B, "s\x002")], [1, 2]),
        ([drawn("p", A), computed("q", B, A)], [1, 1]),
        (
            [
                computed("p", B, "x"),
                computed("q", B, "y"),
                computed("r", B),
                computed("s", B, "x", "y"),
            ],
            [1, 1, 2, 1],
        ),
    ],
)
def test_lines(origins: list[Origin], expected: list[int]) -> None:
    assert lines(origins) == expected
