"""Formats are known by their first bytes; other bytes, random ones above all, are no format."""

from __future__ import annotations

import hashlib
import zlib

import pytest

from app.stix.media_signatures import holds_media, is_media

HEADS = [
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"\xff\xd8\xff\xe1\0\x10Exif\0",
    b"\xff\xd8\xff\xdb\0\x43\0",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a\1\0",
    b"GIF89a\1\0",
    b"RIFF\x24\0\0\0WEBPVP8 ",
    b"RIFF\x24\0\0\0AVI LIST",
    b"RIFF\x24\0\0\0WAVEfmt ",
    b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"\0\0\0\x20ftypisom",
    b"\0\0\0\x18ftypmp42",
    b"\0\0\0\x14ftypqt  ",
    b"\0\0\0\x1cftypheic",
    b"\0\0\0\x1cftypavif",
    b"\x1aE\xdf\xa3\x9fB\x86\x81",
    b"FLV\x01\x05",
    b"OggS\0\2",
    b"0&\xb2u\x8ef\xcf\x11",
    b"ID3\x03\0\0\0\0",
    b"\0\0\x01\xba\x44",
    b"8BPS\0\x01\0\0",
    b"\0\0\0\x0cJXL \r\n\x87\n",
    b"PK\x03\x04\x14\0\0\0",
    b"Rar!\x1a\x07\x01\0",
    b"7z\xbc\xaf\x27\x1c\0\4",
    b"\x1f\x8b\x08\0\0\0\0\0\0\3",
    b"BZh91AY&SY",
    b"\xfd7zXZ\0\0\4",
    b"\x28\xb5\x2f\xfd\x24\0",
    b"%PDF-1.7",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x7fELF\x02\x01\x01\0",
    b"MZ\x90\0\x03\0\0\0",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_format_is_known_by_its_first_bytes(head: bytes) -> None:
    assert is_media(head.ljust(16, b"\0"))
    assert holds_media(head.ljust(16, b"\0"))


@pytest.mark.parametrize("head", HEADS)
def test_a_format_is_known_behind_other_bytes(head: bytes) -> None:
    assert holds_media(b"some words before " + head.ljust(16, b"\0"))


ICON = b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0h\4"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'


@pytest.mark.parametrize("head", [ICON, b"\0\0\2\0\1\0\x20\x20\0\0\0\0\0\0h\4", DRAWING, b"<?xml version='1.0'?>\n" + DRAWING])
def test_small_pictures_are_known(head: bytes) -> None:
    assert holds_media(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0\0\1\0\0\0\x10\x10\0\0\1\0\x20\0h\4",
        b"\0\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0",
        b"<svg onload=alert(1)>",
        b"<svg/onload=alert(document.domain)>",
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
    assert not holds_media(head)


def test_what_zlib_packed_is_known() -> None:
    assert holds_media(zlib.compress(b"account contact session stream invite channel velocity report cluster"))
    assert not holds_media(b"x\x9c" + hashlib.sha512(b"").digest())


def test_the_beginning_of_what_zlib_packed_is_known() -> None:
    assert holds_media(zlib.compress(b"".join(hashlib.sha512(bytes([number])).digest() for number in range(16)))[:400])


def test_random_bytes_are_no_format() -> None:
    assert not any(holds_media(hashlib.sha512(str(number).encode()).digest()) for number in range(50_000))
