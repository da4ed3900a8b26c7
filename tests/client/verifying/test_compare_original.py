"""What differs from the original, by place and kind."""

from __future__ import annotations

from typing import Any

import pytest

from breakwater_client.verifying.compare_original import Difference, Differing, compare, named_version

ORIGINAL: dict[str, Any] = {
    "id": "indicator--1",
    "created": "2026-01-05T10:00:00.000Z",
    "revoked": False,
    "labels": ["a", "b"],
    "extensions": {"x": {"n": 1, "~/": 2}},
}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (ORIGINAL, []),
        (ORIGINAL | {"created": "2026-01-05T10:00:00Z"}, [("/created", Difference.SPELLED)]),
        (ORIGINAL | {"created": "2026-01-05T10:00:01Z"}, [("/created", Difference.CHANGED)]),
        (ORIGINAL | {"created": 7}, [("/created", Difference.CHANGED)]),
        (ORIGINAL | {"new": 1}, [("/new", Difference.ADDED)]),
        ({name: one for name, one in ORIGINAL.items() if name != "revoked"}, [("/revoked", Difference.REMOVED)]),
        (ORIGINAL | {"revoked": 0}, [("/revoked", Difference.CHANGED)]),
        (ORIGINAL | {"labels": ["a", "c"]}, [("/labels/1", Difference.CHANGED)]),
        (ORIGINAL | {"labels": ["a"]}, [("/labels", Difference.CHANGED)]),
        (ORIGINAL | {"extensions": {"x": {"n": 1, "~/": 3}}}, [("/extensions/x/~0~1", Difference.CHANGED)]),
    ],
)
def test_what_differs_is_told_by_its_place(value: dict[str, Any], found: list[tuple[str, Difference]]) -> None:
    assert compare(value, ORIGINAL) == [Differing(*one) for one in found]


def test_a_version_is_named_by_id_and_time() -> None:
    assert named_version({"id": "a", "modified": "m", "created": "c"}) == ("a", "m")
    assert named_version({"id": "a", "created": "c"}) == ("a", "c")
    assert named_version({"id": "a"}) == ("a", "")
    assert named_version({}) is None
    assert named_version({"id": "a", "modified": 7}) is None
