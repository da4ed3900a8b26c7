"""Envelopes with a long payload: strict but for that one member, wherever the envelope stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import BreakwaterError
from breakwater_client.documents.long_envelopes import member_of, parse_envelope

LONG = "A" * 100_000


@pytest.mark.parametrize(
    ("document", "within"), [({"payload": LONG, "n": 1}, None), ({"receipt": {"payload": LONG}, "n": 1}, "receipt")]
)
def test_a_long_payload_is_read(document: dict[str, Any], within: str | None) -> None:
    assert parse_envelope(json.dumps(document).encode(), within) == document


@pytest.mark.parametrize(
    ("raw", "within"),
    [
        (json.dumps({"payload": "", "other": LONG}).encode(), None),
        (json.dumps({"payload": LONG}).encode(), "receipt"),
        (b'{"payload": "", "payload": ""}', None),
        (b'{"payload": "", "n": NaN}', None),
        (b'{"receipt": {"payload": ""}, "receipt": {}}', "receipt"),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (b" " * (16 * 1024 * 1024) + b"{}", None),
    ],
)
def test_everything_else_is_strict_json(raw: bytes, within: str | None) -> None:
    with pytest.raises(BreakwaterError):
        parse_envelope(raw, within)


def test_what_is_no_envelope_is_plain_strict_json() -> None:
    assert parse_envelope(b'{"payload": 7}') == {"payload": 7}
    assert parse_envelope(b"[]") == []


def test_a_member_is_found_where_there_is_one() -> None:
    assert (member_of({"a": 1}, "a"), member_of({"a": 1}, "b"), member_of("a", "a")) == (1, None, None)
