"""Sealed cursors: they open where they were made, and nothing else opens."""

from __future__ import annotations

import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.seal import MAX_PLAINTEXT_BYTES, CursorSealer
from app.domain.errors import BreakwaterError, Code, MalformedInputError
from breakwater_client.trust.strict_base64 import decode_base64url, encode_base64url

OLD, NEW = secrets.token_bytes(64), secrets.token_bytes(64)
SEALER = CursorSealer([NEW])
CONTEXT = b"partner|route|filters"
PLAINTEXT = b"position 00000042"
ALPHABET = string.ascii_letters + string.digits + "-_"


def refused(text: str, context: bytes = CONTEXT, sealer: CursorSealer = SEALER) -> MalformedInputError:
    with pytest.raises(MalformedInputError) as refusal:
        sealer.open(text, context)
    assert refusal.value.code is Code.CURSOR_INVALID
    return refusal.value


@pytest.mark.parametrize("plaintext", [b"", b"x", PLAINTEXT, bytes(MAX_PLAINTEXT_BYTES)])
def test_a_cursor_opens_to_what_was_sealed(plaintext: bytes) -> None:
    text = SEALER.seal(plaintext, CONTEXT)
    assert set(text) <= set(ALPHABET)
    assert len(text) <= 8_192
    assert SEALER.open(text, CONTEXT) == plaintext


def test_the_same_position_is_the_same_text() -> None:
    assert SEALER.seal(PLAINTEXT, CONTEXT) == CursorSealer([NEW]).seal(PLAINTEXT, CONTEXT)
    assert SEALER.seal(PLAINTEXT, CONTEXT) != SEALER.seal(PLAINTEXT, b"")


def test_a_cursor_does_not_show_what_it_says() -> None:
    assert PLAINTEXT[:8] not in (decode_base64url(SEALER.seal(PLAINTEXT, CONTEXT)) or PLAINTEXT)


def test_another_place_or_holder_cannot_open_it() -> None:
    text = SEALER.seal(PLAINTEXT, CONTEXT)
    for context in (b"", CONTEXT[:-1], CONTEXT + b"x", CONTEXT.upper()):
        refused(text, context)


def test_every_changed_bit_is_refused() -> None:
    sealed = decode_base64url(SEALER.seal(PLAINTEXT, CONTEXT)) or b""
    for bit in range(len(sealed) * 8):
        flipped = int.from_bytes(sealed, "big") ^ 1 << bit
        refused(encode_base64url(flipped.to_bytes(len(sealed), "big")))


def test_every_truncation_and_every_longer_text_is_refused() -> None:
    text = SEALER.seal(PLAINTEXT, CONTEXT)
    for end in range(len(text)):
        refused(text[:end])
    for more in ("A", "AA", "AAAA", "=", "\n", " ", "é", "+"):
        refused(text + more)


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    text = SEALER.seal(b"xx", CONTEXT)  # 22 bytes: the last character has spare bits
    twin = text[:-1] + ALPHABET[(ALPHABET.index(text[-1]) + 1) % 64]
    refused(twin)
    refused(text + "==")


def test_an_overlong_text_is_refused_even_if_it_was_sealed_with_the_key() -> None:
    sealed = SEALER._ciphers[SEALER._current].encrypt(bytes(MAX_PLAINTEXT_BYTES + 1), [b"breakwater-cursor", CONTEXT])
    refused(encode_base64url(SEALER._current + sealed))
    refused("A" * 1_000_000)


@given(st.text(max_size=80) | st.text(ALPHABET, max_size=80))
def test_no_other_text_opens(text: str) -> None:
    refused(text)


def test_every_refusal_reads_the_same() -> None:
    text = SEALER.seal(PLAINTEXT, CONTEXT)
    causes = [refused(""), refused("!"), refused("A" * 8_193), refused("A" * 40), refused(text[:-4]), refused(text, b"")]
    assert len({(cause.sentence, cause.pointer, cause.code) for cause in causes}) == 1


def test_the_first_key_seals_and_every_key_opens() -> None:
    both = CursorSealer([NEW, OLD])
    old_text = CursorSealer([OLD]).seal(PLAINTEXT, CONTEXT)
    assert both.open(old_text, CONTEXT) == PLAINTEXT
    assert both.seal(PLAINTEXT, CONTEXT) == SEALER.seal(PLAINTEXT, CONTEXT)
    refused(old_text)


@pytest.mark.parametrize("keys", [[], [b""], [NEW[:32]], [NEW + b"x"], [NEW, OLD[:-1]], [NEW, NEW]])
def test_bad_sealing_keys_are_refused(keys: list[bytes]) -> None:
    with pytest.raises(BreakwaterError) as refusal:
        CursorSealer(keys)
    assert refusal.value.code is Code.INTERNAL


def test_more_than_a_cursor_can_hold_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(BreakwaterError) as refusal:
        SEALER.seal(bytes(MAX_PLAINTEXT_BYTES + 1), CONTEXT)
    assert refusal.value.code is Code.INTERNAL


def test_a_sealer_shows_no_key() -> None:
    assert not hasattr(SEALER, "__dict__")
    assert NEW.hex()[:8] not in repr(SEALER)
