"""Secrets of an exchange that are no signing keys."""

from __future__ import annotations

import base64

import pytest

from app.crypto.seal import CursorSealer
from app.domain.errors import MalformedInputError
from app.services.offline.make_exchange_keys import new_cursor_key, new_overlap_key, overlap_epoch


def test_a_cursor_key_seals() -> None:
    sealer = CursorSealer([base64.b64decode(new_cursor_key())])
    assert sealer.open(sealer.seal(b"position", b"context"), b"context") == b"position"
    assert new_cursor_key() != new_cursor_key()


def test_a_key_of_overlap_checks_is_new_each_time_and_names_its_epoch() -> None:
    one, other = new_overlap_key(), new_overlap_key()
    assert len({overlap_epoch(one), overlap_epoch(other), overlap_epoch(b"a line before\n" + one + b"\n")}) == 2
    for content in (b"", b"!", b"AAAA"):
        with pytest.raises(MalformedInputError):
            overlap_epoch(content)
