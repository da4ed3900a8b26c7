"""The limits are those that partners are promised (``docs/errors.md`` and the OpenAPI document name them)."""

from __future__ import annotations

from breakwater_client.documents import json_limits


def test_the_limits_are_the_promised_ones() -> None:
    assert json_limits.MAX_BODY_BYTES == 16 * 2**20
    assert json_limits.MAX_DEPTH == 32
    assert json_limits.MAX_STRING_BYTES == 64 * 2**10


def test_numbers_end_where_a_double_stops_being_exact() -> None:
    assert float(json_limits.MAX_NUMBER) == json_limits.MAX_NUMBER
    assert float(json_limits.MAX_NUMBER + 2) != json_limits.MAX_NUMBER + 2
