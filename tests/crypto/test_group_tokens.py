"""Tokens of groups, by the published vectors and by what anybody can compute with a standard library alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from app.crypto.group_tokens import SCHEME, epoch_of_key, key_of_text, key_text, new_group_key, token_of
from app.domain.token_value import TokenKind

DOCUMENT = json.loads((Path(__file__).parents[2] / "schemas/group-tokens/1.json").read_text())


@pytest.mark.parametrize("vector", DOCUMENT["vectors"], ids=lambda one: one["token"][:8])
def test_a_token_is_the_published_one(vector: dict[str, Any]) -> None:
    key = key_of_text(vector["key"])
    assert key is not None
    kind = TokenKind(vector["identifier_kind"])
    assert token_of(key, kind, vector["written"]) == vector["token"]
    assert epoch_of_key(key) == vector["epoch"]


def test_anybody_recomputes_a_token_from_the_document_alone() -> None:
    assert DOCUMENT["scheme"] == SCHEME
    for one in DOCUMENT["vectors"]:
        key = bytes.fromhex(one["key"].removeprefix("bwtk_"))
        message = "\n".join([DOCUMENT["scheme"], "token", one["identifier_kind"], one["written"]]).encode()
        digest = hmac.new(key, message, hashlib.sha256).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == one["token"]


def test_a_token_of_one_kind_key_or_identifier_is_no_others() -> None:
    keys = [new_group_key(), new_group_key()]
    tokens = {token_of(key, kind, written) for key in keys for kind in TokenKind for written in ("+15550100", "+15550101")}
    assert len(tokens) == len(keys) * len(TokenKind) * 2
    assert len({epoch_of_key(key) for key in keys}) == len(keys)


def test_a_key_is_written_in_one_way() -> None:
    key = new_group_key()
    assert key_of_text(key_text(key)) == key
    for text in ("", key.hex(), key_text(key).upper(), key_text(key) + "0", key_text(key) + "\n", "bwtk_" + "g" * 64):
        assert key_of_text(text) is None
