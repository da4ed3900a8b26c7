"""The key to which exports are sealed lies in a file, in one spelling."""

from __future__ import annotations

import pytest

from app.domain.errors import UnfitKeyError
from breakwater_client.verifying.opening_keys import new_opening_key, public_text, read_opening_key, read_recipient


def test_a_key_is_read_again() -> None:
    private, public = new_opening_key()
    assert public_text(read_opening_key(private)) == public != new_opening_key()[1]


@pytest.mark.parametrize("raw", [b"", b"no key", b"AAAA\n", b"\xff" * 32, b"-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(raw: bytes) -> None:
    with pytest.raises(UnfitKeyError):
        read_opening_key(raw)


def test_the_halves_are_told_apart() -> None:
    private, public = new_opening_key()
    assert read_recipient(public) == public.split()[1].decode()
    with pytest.raises(UnfitKeyError):
        read_recipient(private)
    with pytest.raises(UnfitKeyError):
        read_opening_key(public)
