"""Making tokens without an exchange, with the file of keys that it gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.crypto.group_tokens import SCHEME, epoch_of_key, key_text, new_group_key
from app.domain.errors import MalformedInputError
from app.domain.token_value import TokenKind
from app.services.offline.make_tokens import MOST_KEY_FILE_BYTES, HeldKey, keys_for, make_tokens, read_key_file

VECTORS = json.loads((Path(__file__).parents[3] / "schemas/group-tokens/1.json").read_text())["vectors"]
NEW, OLD = new_group_key(), new_group_key()


def key_file(*keys: bytes, **changes: Any) -> bytes:
    listed: list[dict[str, Any]] = [{"epoch": epoch_of_key(one), "key": key_text(one)} for one in keys]
    return json.dumps({"scheme": SCHEME, "keys": listed} | changes).encode()


def test_tokens_are_the_published_ones() -> None:
    for one in VECTORS:
        held = read_key_file(key_file(bytes.fromhex(one["key"].removeprefix("bwtk_"))))
        [made] = make_tokens(held, TokenKind(one["identifier_kind"]), one["identifier"], one.get("service"))
        assert (made.token, made.epoch, made.scheme) == (one["token"], one["epoch"], SCHEME)


def test_tokens_are_made_for_the_current_epoch_one_epoch_or_all() -> None:
    held = read_key_file(key_file(NEW, OLD))
    assert [one.key for one in held] == [NEW, OLD]
    assert keys_for(held, None, every=False) == [held[0]]
    assert keys_for(held, None, every=True) == held
    assert keys_for(held, epoch_of_key(OLD), every=False) == [held[1]]
    with pytest.raises(MalformedInputError):
        keys_for(held, "2026-q4", every=False)


def test_a_lost_key_is_left_out_and_no_key_shows() -> None:
    held = read_key_file(key_file(keys=[{"epoch": "aa", "key": None}, {"epoch": epoch_of_key(OLD), "key": key_text(OLD)}]))
    assert held == [HeldKey(epoch_of_key(OLD), OLD)]
    assert OLD.hex() not in repr(held)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b"\xff",
        b"{" + b" " * MOST_KEY_FILE_BYTES + b"}",
        key_file(scheme="breakwater-hmac-sha256-2"),
        key_file(),
        key_file(keys=7),
        key_file(keys=["a"]),
        key_file(keys=[{"epoch": "a"}]),
        key_file(keys=[{"epoch": "a", "key": 7}]),
        key_file(keys=[{"epoch": "a", "key": NEW.hex()}]),
        key_file(keys=[{"epoch": epoch_of_key(OLD), "key": key_text(NEW)}]),
    ],
    ids=range(13),
)
def test_what_is_no_key_file_is_refused_without_repeating_a_key(content: bytes) -> None:
    with pytest.raises(MalformedInputError) as caught:
        read_key_file(content)
    assert NEW.hex() not in str(caught.value)
