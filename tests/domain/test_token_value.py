"""How identifiers are written before a token is made of them: the published vectors, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError
from app.domain.token_value import MOST_CHARACTERS, OF_A_SERVICE, TokenKind, written_for_token

DOCUMENT = json.loads((Path(__file__).parents[2] / "schemas/group-tokens/1.json").read_text())


def written(one: dict[str, Any]) -> str:
    return written_for_token(TokenKind(one["identifier_kind"]), one["identifier"], one.get("service"))


@pytest.mark.parametrize("vector", DOCUMENT["vectors"], ids=lambda one: one["token"][:8])
def test_an_identifier_is_written_as_published(vector: dict[str, Any]) -> None:
    assert written(vector) == vector["written"]


@pytest.mark.parametrize("refused", DOCUMENT["refused"], ids=lambda one: ascii(one["identifier"]))
def test_what_cannot_be_written_in_one_way_is_refused_without_being_repeated(refused: dict[str, Any]) -> None:
    with pytest.raises(MalformedInputError) as caught:
        written(refused)
    assert len(refused["identifier"]) < 5 or refused["identifier"] not in caught.value.sentence


def test_what_is_long_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(MalformedInputError):
        written_for_token(TokenKind.EMAIL, "a" * MOST_CHARACTERS + "@example.org")


@pytest.mark.parametrize("kind", TokenKind)
@given(text=st.text(max_size=40))
def test_what_was_written_is_written_alike_again(kind: TokenKind, text: str) -> None:
    service = "chat.example.org" if kind in OF_A_SERVICE else None
    try:
        once = written_for_token(kind, text, service)
    except MalformedInputError:
        return
    bare = once.removeprefix("chat.example.org/")
    assert written_for_token(kind, bare, service) == once
    assert "\n" not in once
    assert bare
