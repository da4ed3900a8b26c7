"""Numbers that are the bytes of something are found in lists, in wider numbers and scattered; counts are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from app.stix.number_lists import find_in_numbers
from tests.stix.disguised_payloads import JPEG, NOISE, PNG


def words(raw: bytes, width: int, order: Any) -> list[int]:
    return [int.from_bytes(raw[at : at + width], order) for at in range(0, len(raw) // width * width, width)]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"x": list(JPEG)}, ("x",)),
        ({"x": [float(byte) for byte in JPEG]}, ("x",)),
        ({"x": [byte - 256 if byte > 127 else byte for byte in PNG]}, ("x",)),
        *(({"x": words(JPEG, width, order)}, ("x",)) for width in (2, 4) for order in ("big", "little")),
        ({"x": {"y": [{"z": list(PNG)}]}}, ("x", "y", 0, "z")),
        ({"x": [list(JPEG[at : at + 4]) for at in range(0, 64, 4)]}, ("x",)),
        ({f"x_{at}": byte for at, byte in enumerate(JPEG)}, ()),
        ({"x": list(NOISE[:300])}, ("x",)),
        ({"x": [{"v": byte} for byte in JPEG]}, ("x",)),
        ({"x": [{"i": at, "v": byte} for at, byte in enumerate(JPEG)]}, ("x",)),
        ({"x": [{"v": byte, "w": 80} for byte in JPEG]}, ("x",)),
        ({"x": [{"v": str(byte)} for byte in PNG]}, ("x",)),
        ({"x": {"a": [{"b": [byte]} for byte in PNG]}}, ("x",)),
        ({"x": [{"v": bit == "1"} for byte in JPEG for bit in f"{byte:08b}"]}, ("x",)),
        ({"x": [{"source_name": "a", "external_id": str(byte)} for byte in JPEG]}, ("x",)),
    ],
)
def test_it_is_found(value: dict[str, Any], place: tuple[str | int, ...]) -> None:
    found = find_in_numbers(value)
    assert found is not None
    assert found[1] == place


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"x": [1, 2, 3]},
        {"x": [3, 1, 4, 1, 5, 9, 2, 6] * 8},
        {"x": [1000 + number for number in range(400)]},
        {"x": [True, None, "a", 1] * 20},
        {"x": [[8.5 + number / 97, 47.25 - number / 89] for number in range(200)]},
        {"x": [[day * hour % 50 for hour in range(24)] for day in range(30)]},
        {"x": [2**53 - 1, -(2**53) + 1, 0.5] * 20},
        {"x": [{"port": 8000 + number, "open": number % 3 == 0, "count": number % 40} for number in range(200)]},
        {"x": [{"day": day, "hour": hour, "seen": day * hour % 12} for day in range(20) for hour in range(24)]},
    ],
)
def test_counts_and_places_are_left_alone(value: dict[str, Any]) -> None:
    assert find_in_numbers(value) is None
