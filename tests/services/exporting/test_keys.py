from __future__ import annotations

import pytest

from app.services.exporting.keys import key_bytes, key_text


def test_a_key_is_written_and_read_in_one_spelling() -> None:
    raw = bytes(range(32))
    assert key_bytes(key_text(raw)) == raw


@pytest.mark.parametrize("text", ["", "AAAA", key_text(bytes(31)), key_text(bytes(33)), key_text(bytes(32)).rstrip("="), None, 7])
def test_anything_else_is_no_key(text: object) -> None:
    assert key_bytes(text) is None
