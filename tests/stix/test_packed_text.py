"""Packed text is told from running text, codes, rules of tables, names and years."""

from __future__ import annotations

import base64
import hashlib

import pytest

from app.stix.packed_text import ADDRESS, FREE_TEXT, HASH, PATTERN, Measures, find_bytes, find_packed, find_wrapped, is_readable
from tests.stix.disguised_payloads import NOISE, b64, b64url, cut

PACKED = NOISE * 2


@pytest.mark.parametrize(("measures", "hexadecimal", "encoded"), [(FREE_TEXT, 128, 127), (PATTERN, 300, 300), (HASH, 512, 512)])
def test_each_measure_holds_from_both_sides(measures: Measures, hexadecimal: int, encoded: int) -> None:
    text = b64(PACKED)
    assert find_packed(PACKED.hex()[:hexadecimal], measures) is None
    assert find_packed(PACKED.hex()[: hexadecimal + 1], measures) == "long hexadecimal content"
    assert find_packed(text[:encoded], measures) is None
    assert find_packed(text[: encoded + 1], measures) == "long base64 content"


def test_web_addresses_have_a_measure_of_their_own() -> None:
    text = b64url(PACKED)
    assert find_packed(f"see https://example.org/{text[: ADDRESS.base64 - 9]} please", FREE_TEXT) is None
    assert find_packed(f"see https://example.org/{text[: ADDRESS.base64 + 9]} please", FREE_TEXT) == "long base64 content"


def test_hash_values_may_stand_in_rows_but_not_without_end() -> None:
    digests = [hashlib.sha256(bytes([number])).hexdigest() for number in range(65)]
    assert find_wrapped(digests[:64]) is None
    assert find_wrapped(digests) == "more hash values than a text may hold"


@pytest.mark.parametrize("between", [" ", "\n", ", ", '", "', " | ", "; ", "'\n'", "](", " : "])
def test_base64_in_pieces_is_packed_whatever_stands_between(between: str) -> None:
    assert find_packed(between.join(cut(b64(NOISE[:400]), 11)), FREE_TEXT) is not None


def test_base85_is_packed() -> None:
    for text in (base64.b85encode(NOISE[:200]), base64.a85encode(NOISE[:200])):
        assert find_packed(text.decode(), FREE_TEXT) is not None


@pytest.mark.parametrize(
    "text",
    [
        "+--------+" * 200,
        "| name | place |\n" + "-" * 3000,
        "2014-2015 Fan Example\n 2008 Claus Example\n 2008 Clemens N. Example\n 2008-2014 Example Ltd\n" * 40,
        "Copyright: 2004 Example Software Foundation\n  Copyright: 2004-2009 EXAMPLE Foundation\n" * 40,
        base64.b64encode(b"a command line of ordinary words, only longer than any text may be packed " * 3).decode(),
        base64.b64encode("powershell -noprofile Get-ChildItem".encode("utf-16-le") * 3).decode(),
        "powershell -Enc " + base64.b64encode("IEX (New-Object Net.WebClient).Example('a') ".encode("utf-16-le") * 8).decode(),
        " ".join("abcdef"[number % 6] for number in range(600)),
    ],
)
def test_what_is_not_packed_passes(text: str) -> None:
    assert find_packed(text, FREE_TEXT) is None


def test_numbers_are_bytes_if_they_are_various() -> None:
    assert find_bytes(list(NOISE[:300])) == "a list of bytes"
    assert find_bytes([number % 60 for number in range(400)]) is None


def test_readable_is_text_in_utf_8_or_utf_16() -> None:
    assert is_readable("Prüfung läuft".encode())
    assert is_readable("plain letters".encode("utf-16-le"))
    assert not is_readable(NOISE[:64])
