"""API tokens: their form, their randomness, their digest."""

from __future__ import annotations

import hashlib
import re

import pytest

from app.crypto.tokens import SESSION, has_token_form, new_token, token_digest


@pytest.mark.parametrize("prefix", ["bw", "bwop"])
def test_a_token_is_its_prefix_and_256_random_bits(prefix: str) -> None:
    assert re.fullmatch(prefix + "_[A-Za-z0-9_-]{43}", new_token(prefix))


def test_the_prefix_is_that_of_the_exchange_unless_given() -> None:
    assert new_token().startswith("bw_")


def test_tokens_differ() -> None:
    assert len({new_token() for _ in range(200)}) == 200


def test_only_what_is_made_like_a_token_looks_like_one() -> None:
    assert all(has_token_form(new_token()) for _ in range(50))
    for text in ("", "password", "bw_", "bw_" + "A" * 42, "bw_" + "A" * 44, "bw_" + "ä" * 43, "bx_" + "A" * 43):
        assert not has_token_form(text)
    assert not has_token_form(new_token() + "\n")


def test_a_session_is_no_token_and_a_token_no_session() -> None:
    assert has_token_form(new_token(SESSION), SESSION)
    assert not has_token_form(new_token(SESSION))
    assert not has_token_form(new_token(), SESSION)
    for text in ("", "bws_", "bwss_" + "A" * 43, "bws_" + "A" * 42, new_token(SESSION) + "\n"):
        assert not has_token_form(text, SESSION)


def test_the_digest_is_sha_256() -> None:
    assert token_digest("bw_abc") == hashlib.sha256(b"bw_abc").digest()


@pytest.mark.parametrize("token", ["", "ü", "\x00", "\ud800", "a" * 100_000])
def test_any_text_has_a_digest(token: str) -> None:
    assert len(token_digest(token)) == 32
    assert token_digest(token) != token_digest(token + "x")
