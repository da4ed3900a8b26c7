"""What a text could be if it is the writing of bytes, or of another text.

Owns the writings: base64 and its sisters, base32, hexadecimal, base85 in three alphabets, uuencode, quoted-printable, percent and
backslash escapes, entities, and rows of numbers. Gives what they would decode to and judges nothing. Works on bytes that were
never meant to be here, and keeps none. Kept by ``tests/stix/test_decodings.py``.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import quopri
import re
import string
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

_LETTERS = (string.ascii_letters + string.digits).encode()
_NO_B64 = bytes(set(range(256)) - set(_LETTERS + b"+/-_"))
_NO_LETTERS = bytes(set(range(256)) - set(_LETTERS))
_NO_HEX = bytes(set(range(256)) - set(string.hexdigits.encode()))
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_MARK_LETTERS = bytes(ord("a") if chr(byte) in string.ascii_letters + string.digits else 32 for byte in range(256))
_MARK_BITS = bytes(ord("a") if byte in b"01" else 32 for byte in range(256))
_FEWEST = 16  # characters
_RUN = b"a" * _FEWEST
_BYTE_OF_BITS = b"a" * 8
_HEX_PREFIXES = ("0x", "0X", "\\x", "\\X", "\\u00", "\\u{", "&#x", "&#X", "%u00")
_HEX_ROW = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]++(?:[^0-9A-Za-z]{1,6}+[0-9A-Fa-f]++(?![G-Zg-z]))++|[0-9A-Fa-f]{24,}+")
_FEWEST_HEX = 24  # digits: the bare signature of a format may be told
_BASE32 = re.compile(r"[A-Z2-7]{16,}+|[a-z2-7]{16,}+|[A-V0-9]{16,}+")
_BASE32_HEX = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUV", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_DENSE = re.compile(r"[!-~]{15,}+")
_PUNCTUATED = re.compile(r"[^A-Za-z0-9_/.:-]")
_Z85 = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
)
_HEAD_85 = 60  # characters of a piece of base85 that are decoded: the library's decoder is slow
_MOST_DENSE = 12
_ROW = re.compile(r"[0-9]{1,3}+(?:[^0-9A-Za-z]{1,4}+[0-9]{1,3}+){7,}+")
_NUMBER = re.compile("[0-9]+")
_EIGHT_OR_NINE = re.compile("[89]")
_BYTES = 256
_BITS = re.compile(r"[01]{64,}+|(?:[01]{8}[^0-9A-Za-z]{1,4}){7,}[01]{8}")
_LINE = re.compile(r"[ -`]{5,}")
_QUOTED = re.compile(r"=(?:[0-9A-Fa-f]{2}|\r?\n)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]+")
_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})|([0-3]?[0-7]{2})|([\\/\"'nrtbf0]))|%u([0-9A-Fa-f]{4})"
)
_ENTITY = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7}));?")
_UNICODES_END = 0x110000
_LONG_WORD = re.compile(r"[A-Za-z0-9+/_-]{16,}+")
_ALL_HEX = re.compile("[0-9A-Fa-f]+")
_MOST_WORDS = 24  # of one block
_LITERAL = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0"}


def as_text(text: str) -> Iterator[str]:
    """Give what a text says if its entities, its backslashes, its percent signs or its quoted-printable are resolved."""
    if "&" in text and (resolved := html.unescape(_ENTITY.sub(_character, text))) != text:
        yield resolved
    if ("\\" in text or "%u" in text) and (resolved := _ESCAPE.sub(_unescaped, text)) != text:
        yield resolved
    if text.count("%") > 1 and (resolved := unquote_to_bytes(text).decode("utf-8", "replace")) != text:
        yield _without_controls(resolved)
    if _QUOTED.search(text):
        yield _without_controls(quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace"))


def _without_controls(resolved: str) -> str:
    """Leave out what is no text: that ``40=12`` is no escape nobody can know, and bytes are looked at as bytes."""
    return _CONTROLS.sub("", resolved)


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    return chr(number) if number < _UNICODES_END else "\ufffd"


def long_words(text: str) -> Iterator[bytes]:
    """Give what each long word of a text would decode to: an encoded text is a whole word, or begins a few letters into it."""
    for word in _LONG_WORD.findall(text)[:_MOST_WORDS]:
        yield from _base64(word.encode("ascii", "replace").translate(_TO_STANDARD))
        if _ALL_HEX.fullmatch(word):
            yield from _hexadecimal(word)


def _unescaped(match: re.Match[str]) -> str:
    byte, unit, braced, long, octal, literal, percent = match.groups()
    if literal is not None:
        return _LITERAL.get(literal, literal)
    number = int(octal, 8) if octal else int(byte or unit or braced or long or percent, 16)
    return chr(number) if number < _UNICODES_END else "\ufffd"


def as_bytes(text: str) -> Iterator[bytes]:
    """Give what an ASCII text's pieces would decode to, in each writing, from each letter where a group of letters may begin."""
    raw = text.encode("ascii", "replace")
    letters, alone = raw.translate(_TO_STANDARD, _NO_B64), raw.translate(None, _NO_LETTERS)
    yield from _base64(letters)
    if alone != letters:
        yield from _base64(alone)
    unprefixed = text
    for prefix in _HEX_PREFIXES:
        unprefixed = unprefixed.replace(prefix, " ")
    for row in _HEX_ROW.findall(unprefixed):
        digits = row.encode("ascii", "replace").translate(None, _NO_HEX)
        if len(digits) >= _FEWEST_HEX:
            yield from _hexadecimal(digits.decode())
    if _RUN in raw.translate(_MARK_LETTERS):
        for piece in _BASE32.findall(text):
            yield from _base32(piece)
    if b"%" in raw:
        yield unquote_to_bytes(raw)
    if b"=" in raw and _QUOTED.search(text):
        yield quopri.decodestring(raw)
    yield from _base85(text)
    yield from _numbers(text)
    if _BYTE_OF_BITS in raw.translate(_MARK_BITS):
        yield from _bits(text)
    yield from _uuencoded(text)


def _base64(letters: bytes) -> Iterator[bytes]:
    for start in range(4):
        length = len(letters) - start
        if length >= _FEWEST:
            cut = length - 1 if length % 4 == 1 else length
            yield binascii.a2b_base64(letters[start : start + cut] + b"=" * (-cut % 4))


def _hexadecimal(digits: str) -> Iterator[bytes]:
    for start in range(2):
        yield bytes.fromhex(digits[start : start + (len(digits) - start) // 2 * 2])


def _base32(piece: str) -> Iterator[bytes]:
    capitals = piece.upper()
    for letters in (capitals, capitals.translate(_BASE32_HEX)):
        if re.search("[0189]", letters) is None:
            for start in range(8):
                length = (len(letters) - start) // 8 * 8
                if length:
                    yield base64.b32decode(letters[start : start + length])


def _base85(text: str) -> Iterator[bytes]:
    pieces = [piece for piece in _DENSE.findall(text) if _has_signs(piece)]
    for piece in pieces[:_MOST_DENSE]:
        for start in range(5):
            head = piece[start : start + _HEAD_85]
            head = head[: len(head) // 5 * 5]
            for decode, letters in ((base64.a85decode, head), (base64.b85decode, head), (base64.b85decode, head.translate(_Z85))):
                try:
                    yield decode(letters)
                except ValueError:
                    continue


def dear_pieces(text: str) -> int:
    """Count the pieces of a text that are decoded as base85, which costs hundreds of times what the other writings do."""
    return min(_MOST_DENSE, sum(map(_has_signs, _DENSE.findall(text))))


def _has_signs(piece: str) -> bool:
    return 10 * len(_PUNCTUATED.findall(piece)) > len(piece) and not piece.islower() and "://" not in piece


def _numbers(text: str) -> Iterator[bytes]:
    for row in _ROW.findall(text):
        numbers = _NUMBER.findall(row)
        decimal = list(map(int, numbers))
        if max(decimal) < _BYTES:
            yield bytes(decimal)
        if not _EIGHT_OR_NINE.search(row) and max(octal := [int(number, 8) for number in numbers]) < _BYTES:
            yield bytes(octal)


def _bits(text: str) -> Iterator[bytes]:
    for row in _BITS.findall(text):
        bits = "".join(_NUMBER.findall(row))
        yield int(bits[: len(bits) // 8 * 8], 2).to_bytes(len(bits) // 8, "big")


def _uuencoded(text: str) -> Iterator[bytes]:
    found = bytearray()
    for line in text.splitlines():
        length = ord(line[0]) - 32 & 63 if line and " " <= line[0] <= "`" else 0
        if length and _LINE.fullmatch(line) and -(-length // 3) * 4 <= len(line) - 1 <= -(-length // 3) * 4 + 2:
            try:
                found += binascii.a2b_uu(line)
            except binascii.Error:
                continue
    if len(found) >= 8:  # noqa: PLR2004  # fewer say nothing
        yield bytes(found)


def turned(text: str) -> Iterator[str]:
    """Give a text backwards, moved by 13 places of the alphabet, and with capitals and small letters changed."""
    yield text[::-1]
    yield codecs.encode(text, "rot13")
    yield text.swapcase()
