"""The deep look knows formats by their first bytes, and encoded content by how it changes between kinds of characters."""

from __future__ import annotations

import base64
import hashlib
import time

import pytest

from app.stix.encoded_media import ADDRESS, FREE_TEXT, HASH, PATTERN, Measures, find_encoded, find_wrapped, is_media

PACKED = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(64))


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        b"\xff\xd8\xff\xe1\0\x10Exif\0",
        b"\xff\xd8\xff\xdb\0\x43\0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF87a\1\0",
        b"GIF89a\1\0",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"RIFF\x24\0\0\0AVI LIST",
        b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08",
        b"\0\0\0\x20ftypisom",
        b"\0\0\0\x18ftypmp42",
        b"\0\0\0\x14ftypqt  ",
        b"\0\0\0\x1cftypheic",
        b"\0\0\0\x08moov",
        b"\x1aE\xdf\xa3\x9fB\x86\x81",
        b"FLV\x01\x05",
        b"OggS\0\2",
        b"0&\xb2u\x8ef\xcf\x11",
        b"PK\x03\x04\x14\0",
        b"\x1f\x8b\x08\0",
        b"%PDF-1.7",
    ],
)
def test_a_format_is_known_by_its_first_bytes(head: bytes) -> None:
    assert is_media(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\x00",
        b"BM",
        b"BMW announces a new",
        b"RIFF\x24\0\0\0RMP3",
        b"GIF",
        b"An account",
        b"\0" * 16,
    ],
)
def test_other_bytes_are_no_format(head: bytes) -> None:
    assert not is_media(head)


@pytest.mark.parametrize(
    ("measures", "hexadecimal", "encoded"),
    [(FREE_TEXT, 128, 127), (PATTERN, 300, 300), (HASH, 512, 512)],
)
def test_each_measure_holds_from_both_sides(measures: Measures, hexadecimal: int, encoded: int) -> None:
    text = base64.b64encode(PACKED).decode()
    assert find_encoded(PACKED.hex()[:hexadecimal], measures) is None
    assert find_encoded(PACKED.hex()[: hexadecimal + 1], measures) == "long hexadecimal content"
    assert find_encoded(text[:encoded], measures) is None
    assert find_encoded(text[: encoded + 1], measures) == "long base64 content"


def test_web_addresses_have_a_measure_of_their_own() -> None:
    text = base64.urlsafe_b64encode(PACKED).decode()
    assert find_encoded(f"see https://example.org/{text[: ADDRESS.base64 - 9]} please", FREE_TEXT) is None
    assert find_encoded(f"see https://example.org/{text[: ADDRESS.base64 + 9]} please", FREE_TEXT) == "long base64 content"


def test_hash_values_may_stand_in_rows_but_not_without_end() -> None:
    digests = [hashlib.sha256(bytes([number])).hexdigest() for number in range(65)]
    assert find_wrapped(digests[:64]) is None
    assert find_wrapped(digests) == "more hash values than a text may hold"


@pytest.mark.parametrize(
    "text",
    [
        *("A" * 65536, "aB1" * 21845, "ff " * 21845, "0x" * 32768, "\\x" * 32768, "%" * 65536, "http://" * 9362, "data:" * 13107),
        *(":" * 65536, "ab:" * 21845, "a b " * 16384, "Ab1 " * 16384, "a." * 32768, "data:" + "a" * 65000 + "/", "%d0" * 21845),
        *(
            "https://" + "a" * 65000,
            "+" * 65536,
            ("x" * 63 + " ") * 1024,
            ("deadbeef" * 8 + " ") * 1000,
            "= " * 32768,
            "\u0660" * 32768,
        ),
    ],
    ids=lambda text: text[:8].encode("unicode_escape").decode(),
)
def test_no_text_of_the_longest_length_takes_long(text: str) -> None:
    began = time.perf_counter()
    find_encoded(text, FREE_TEXT)
    assert time.perf_counter() - began < 0.5
