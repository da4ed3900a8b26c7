"""Each writing is decoded, from each place where a group of letters may begin."""

from __future__ import annotations

import base64
import hashlib

import pytest

from app.stix.decodings import as_bytes, as_text, long_words, turned
from tests.stix.disguised_payloads import WRITINGS

RAW = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + hashlib.sha512(b"").digest()[:45]
OF_BYTES = [
    *("base64", "base64url", "base64 shifted by a byte", "base64 behind a word", "base64 between commas", "hexadecimal"),
    *("hexadecimal behind a nibble", "hexadecimal with colons", "hexadecimal as numbers", "base32", "base32 in small letters"),
    *("base32 with extended digits", "ascii85", "base85", "z85", "uuencode", "quoted-printable", "percent escapes"),
    *("decimal numbers", "octal numbers", "binary numbers", "bits"),
]


@pytest.mark.parametrize("writing", OF_BYTES)
def test_it_is_decoded(writing: str) -> None:
    assert any(RAW[:12] in raw for raw in as_bytes(WRITINGS[writing](RAW)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&#100;&#x61;t&#97", "data"),
        ("data&colon;x", "data:x"),
        ("\\u0064\\x61t\\141", "data"),
        ("%64at%61", "data"),
        ("d=61=\nta", "data"),
        ("\\\\ \\/ \\n", "\\ / \n"),
        ("\\u{10ffff}\\u{ffffff}", "\U0010ffff\ufffd"),
    ],
)
def test_escapes_are_resolved(text: str, expected: str) -> None:
    assert expected in set(as_text(text))


def test_long_words_are_decoded_one_by_one() -> None:
    hidden = b"an ordinary sentence of some length"
    for word in (base64.b64encode(hidden).decode(), hidden.hex()):
        assert any(hidden[:30] in raw for raw in long_words(f"Before it {word} after it"))


def test_letters_are_turned() -> None:
    assert list(turned("aB/1")) == ["1/Ba", "nO/1", "Ab/1"]


@pytest.mark.parametrize("text", ["", "=", "%", "&#;", "\\", "A" * 17, "<~~>", "M", "\\u{}", "99999999999 " * 9, "=\n", "0" * 65])
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance([*as_bytes(text), *as_text(text), *long_words(text)], list)
