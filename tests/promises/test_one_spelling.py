"""Composer, tokens and overlap checks write an identifier alike: else the same one had two tokens, and nobody would notice.

The composer asks the tokens' own rule for telephones, devices and addresses (``app/stix/normalise_faults.py``); of the
other kinds, and of what each does before, generated spellings are compared here.
"""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError, ProfileError
from app.domain.observation import TOKENS_ONLY, ObservableKind
from app.domain.token_value import OF_A_SERVICE, TokenKind, written_for_token
from app.services.offline.blind_identifiers import blind_all
from app.stix.normalise import normal_value

SERVICE = "chat.example.org"
SPELLINGS = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"\A[ \t]?\+?[0-9 ()./-]{6,20}[ \n]?\Z"),
    st.from_regex(r"\A[ ]?[A-Za-z0-9.+_]{1,8}@[A-Za-z0-9\u00e4-]{1,6}(\.|\[\.\])[A-Za-z]{2,4}\.? ?\Z"),
    st.from_regex(r"\A@?[A-Za-z0-9._:\u00e4\u00df\u03a3\uff21-]{1,12}(#[0-9]{4})?\Z"),
)


def token_spelling(kind: TokenKind, text: str) -> str | None:
    service = SERVICE if kind in OF_A_SERVICE else None
    try:
        return written_for_token(kind, text, service).removeprefix(f"{SERVICE}/")
    except MalformedInputError:
        return None


def composed_spelling(kind: TokenKind, text: str) -> str | None:
    try:
        return normal_value(ObservableKind(kind.value), text).value
    except ProfileError:
        return None


def overlap_spelling(kind: TokenKind, text: str) -> str | None:
    try:
        [one] = blind_all("deconfliction", kind, [text])["identifiers"]
    except MalformedInputError:
        return None
    return str(one["value"])


@pytest.mark.parametrize("kind", TokenKind)
@given(text=SPELLINGS)
@example(text="+44 (0)20 5550 0100")
@example(text="+1/555\u20110100.117")
@example(text="Somebody@Xn--Bcher-Kva.Example.")
def test_what_both_take_both_write_alike(kind: TokenKind, text: str) -> None:
    composed = composed_spelling(kind, text)
    written = token_spelling(kind, text)
    if composed is not None:
        assert written in (None, composed)
        assert token_spelling(kind, composed) == composed or ObservableKind(kind.value) not in TOKENS_ONLY


def test_every_character_that_changes_in_a_handle_is_written_alike() -> None:
    every = (chr(number) for number in range(sys.maxunicode + 1) if not 0xD800 <= number <= 0xDFFF)
    changing = [one for one in every if unicodedata.normalize("NFKC", one).lower() != one]
    assert len(changing) > 5_000
    for one in changing:
        composed = composed_spelling(TokenKind.HANDLE, f"a{one}1")
        assert composed is None or token_spelling(TokenKind.HANDLE, f"a{one}1") in (None, composed), hex(ord(one))


@given(text=SPELLINGS)
@example(text="+44 (0)20 5550 0100")
@example(text="b\u00fccher@b\u00fccher.example")
def test_agencies_blind_what_the_composer_writes(text: str) -> None:
    phone, email = (composed_spelling(kind, text) for kind in (TokenKind.PHONE, TokenKind.EMAIL))
    assert overlap_spelling(TokenKind.PHONE, text) == (None if phone is None else phone.removeprefix("+"))
    assert overlap_spelling(TokenKind.EMAIL, text) == email
