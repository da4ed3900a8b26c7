"""The deep look at one text: does it seem to carry encoded media, or any long encoded content?

Owns the signatures of image, video and container formats and the measures of encoded text (base64, base64url, base32,
hexadecimal; in one piece, wrapped, or byte by byte). Works on bytes that were never meant to be here, so it decodes at most the
first hundred of each piece and keeps none. All its expressions are linear. Kept by ``tests/stix/test_screen.py``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measures:
    """How many characters a piece of base64 or of hexadecimal may have, and from how many on a format's signature counts.

    Signatures count early in all but patterns, which may name the first bytes of a file.
    """

    base64: int
    hexadecimal: int
    signature: int


FREE_TEXT = Measures(base64=127, hexadecimal=128, signature=16)
"""Room for a SHA-512 in hexadecimal, a signature or a P-256 key in base64."""

ADDRESS = Measures(base64=400, hexadecimal=400, signature=16)
"""Room for the long tokens of share links."""

PATTERN = Measures(base64=300, hexadecimal=300, signature=86)
"""Room for a PhotoDNA value (144 bytes) and for the first bytes of a file format."""

HASH = Measures(base64=512, hexadecimal=512, signature=16)
"""Room for the values of perceptual hashes."""

_HEAD = 96  # characters of a piece that are decoded
_DIGEST_LENGTHS = frozenset({32, 40, 48, 56, 64, 96, 128})
_MOST_DIGESTS = 64
_LONG_WORDS = 16  # words of wrapped base64 are longer than this; codes and handles are shorter
_ENCODED_WORDS = 160  # characters in words that read as base64, together
_SHORT_ENCODED_WORDS = 400
_HYPHENATED_DIGITS = 2048  # 64 UUIDs
_MOST_BYTES_APART = 64  # bytes written one by one: a SHA-512 certificate fingerprint

_DATA_URI = re.compile(
    r"(?<![a-z0-9])data(?::|%3a)(?:[\w.+-]{1,64}(?:/|%2f)[\w.+-]{1,64}(?:[;,]|%3b|%2c)|;[\w=-]{1,64},)", re.IGNORECASE
)
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,15}+://\S++", re.IGNORECASE)
_PIECE = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}+")
_KNOWN_BEGINNINGS = re.compile(  # of PNG, GIF, JPEG, WebP or AVI, Matroska and MP4, wherever in a piece they stand
    r"iVBORw0KGgo|R0lGOD[dl]h|[/_]9j[/_]4[AQ]|UklGR[A-Za-z0-9+/_-]{6}(?:XRUJQV|BVkk)|GkXfo[w-z]|AAAA[A-Za-z0-9+/_-]{2}Z0eX[A-D]"
)
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_WORD = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_BYTES_APART = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x|%)?[0-9A-Fa-f]{2}(?:[\s,.:;-]{1,3}|(?=[\\%])|(?![0-9A-Za-z]))){8,}+")
_BYTE = re.compile(r"(?:0x)?([0-9A-Fa-f]{2})")
_ROW = re.compile(r"(?:[A-Za-z0-9+/_-]++=*+[\s.,]*+)++", re.ASCII)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]+")
_INTERRUPTED = 320  # characters of base64 between full stops and commas
_NUMBER_ROW = re.compile(r"(?<![\w.])(?:[0-9]{1,3}+(?:[\s,;]{1,3}+|(?!\w))){16,}+", re.ASCII)
_NUMBER = re.compile(r"[0-9]+")
_MOST_NUMBERS = 256
_DIFFERENT_NUMBERS = 96
_KINDS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", b"U" * 26 + b"L" * 26 + b"D" * 10)

_MEDIA = (
    *(b"\x89PNG", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\x1aE\xdf\xa3", b"OggS", b"FLV\x01", b"8BPS"),
    *(b"\0\0\0\x0cjP  ", b"\0\0\0\x0cJXL ", b"0&\xb2u\x8ef\xcf\x11", b"\0\0\x01\xba", b"\0\0\x01\xb3"),
    *(b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"%PDF-"),
)
_RIFF_KINDS = (b"WEBP", b"AVI ", b"WAVE")
_BOXES = (b"ftyp", b"moov", b"mdat")  # of MP4, QuickTime, HEIF, AVIF
_JPEG_MARKERS = frozenset((*range(0xE0, 0xF0), *range(0xC0, 0xD0), 0xDB, 0xDD, 0xFE))


def is_media(head: bytes) -> bool:
    """Whether bytes begin like an image, a video, or a container that may hold them (their first 16 bytes are enough)."""
    if head.startswith(_MEDIA):
        return True
    if head.startswith(b"\xff\xd8\xff"):
        return len(head) > 3 and head[3] in _JPEG_MARKERS  # noqa: PLR2004  # the byte after the signature
    if head.startswith(b"RIFF"):
        return head[8:12] in _RIFF_KINDS
    if head.startswith(b"BM"):  # two bytes are little: the header's reserved bytes are zero, its offset is small
        return head[6:10] == bytes(4) and head[12:14] == bytes(2)
    return head[4:8] in _BOXES


def find_encoded(text: str, measures: Measures) -> str | None:
    """Give what a text (unverified) seems to carry, in words for its author, or None.

    Web addresses in it have the measures ``ADDRESS``.
    """
    if _DATA_URI.search(text):
        return "a data: URI"
    rest = text
    if "://" in text:
        for address in _URL.findall(text):
            found = _find_in_pieces(address, ADDRESS) or _find_bytes_apart(address, ADDRESS)
            if found:
                return found
        rest = _URL.sub(" ", text)
    found = _find_in_pieces(rest, measures) or _find_bytes_apart(rest, measures) or find_wrapped(rest.split())
    if found or measures is not FREE_TEXT:
        return found
    return find_interrupted(rest) or _find_numbers(rest)


def find_interrupted(text: str) -> str | None:
    """Give what a text (unverified) seems to carry if full stops and commas in it are passed over: base64 cut by them.

    Handles and codes stand in such rows too, so only what is mixed as evenly as encodings are counts.
    """
    for row in _ROW.findall(text):
        joined = "".join(_ENCODED.findall(row))
        if len(joined) >= _INTERRUPTED and _is_evenly_mixed(joined):
            return "base64 content in pieces"
    return None


def find_bytes(numbers: list[int]) -> str | None:
    """Give what numbers from 0 to 255 seem to carry if each is a byte; counts in tables are less various than bytes."""
    raw = bytes(numbers)
    if any(is_media(raw[start : start + 16]) for start in range(min(8, len(raw)))):
        return "encoded media"
    is_long = len(raw) > _MOST_NUMBERS and len(set(raw)) >= _DIFFERENT_NUMBERS
    return "a list of bytes" if is_long else None


def _find_numbers(text: str) -> str | None:
    for row in _NUMBER_ROW.findall(text):
        numbers = [int(number) for number in _NUMBER.findall(row)]
        if max(numbers) <= 255 and (found := find_bytes(numbers)):  # noqa: PLR2004  # a byte
            return found
    return None


def _is_evenly_mixed(joined: str) -> bool:
    kinds = joined.encode("ascii").translate(_KINDS, b"+/_-=")
    changes = sum(map(int.__ne__, kinds, kinds[1:]))
    capitals, small, digits = (kinds.count(kind) for kind in (b"U", b"L", b"D"))
    return 2 * changes >= len(kinds) and 4 * min(capitals, small) >= len(kinds) and len(kinds) <= 20 * digits <= 6 * len(kinds)


def find_wrapped(words: list[str]) -> str | None:
    """Give what neighbouring words (unverified) seem to carry if they are read as one: base64 or hexadecimal cut to pieces."""
    digests = 0
    row: list[str] = []
    for word in (*words, " "):  # no word is a space: it ends the last row
        if _is_digest(word):
            digests += 1
            if digests > _MOST_DIGESTS:
                return "more hash values than a text may hold"
        elif _WORD.fullmatch(word):
            row.append(word)
            continue
        found = _find_in_row(row)
        if found:
            return found
        row.clear()
    return None


def _is_digest(word: str) -> bool:
    return len(word) in _DIGEST_LENGTHS and _HEXADECIMAL.fullmatch(word) is not None


def _find_in_row(row: list[str]) -> str | None:
    joined = "".join(row)
    if len(row) < 2 or len(joined) < _ENCODED_WORDS:  # noqa: PLR2004  # one word alone is a piece
        return None
    digits = joined.replace("-", "")
    if _HEXADECIMAL.fullmatch(digits):
        most = _HYPHENATED_DIGITS if "-" in joined else _SHORT_ENCODED_WORDS
        is_long = len(digits) > most and not digits.isdecimal()
        return "hexadecimal content in pieces" if is_long or _begins_media(digits) else None
    long_words = "".join(word for word in row if len(word) > _LONG_WORDS)
    is_packed = len(long_words) >= _ENCODED_WORDS and _is_packed(long_words) and not long_words.islower()
    is_packed |= len(joined) >= _SHORT_ENCODED_WORDS and _is_packed(joined) and not joined.islower()
    return "base64 content in pieces" if is_packed else None


def _find_in_pieces(text: str, measures: Measures) -> str | None:
    for match in _PIECE.finditer(text):
        piece = match[0]
        if len(piece) >= measures.signature and (_KNOWN_BEGINNINGS.search(piece) or _begins_media(piece)):
            return "encoded media"
        if _HEXADECIMAL.fullmatch(piece):
            if len(piece) > measures.hexadecimal:
                return "long hexadecimal content"
        elif len(piece) > measures.base64 and (_is_packed(piece) or len(piece) > 1024):  # noqa: PLR2004  # no word is so long
            return "long base64 content"
    return None


def _begins_media(piece: str) -> bool:
    return any(map(is_media, _decodings(piece)))


def _decodings(piece: str) -> Iterator[bytes]:
    """Give the first bytes of what a piece could be: hexadecimal, or base64 from each of its first four characters on."""
    if _HEXADECIMAL.fullmatch(piece):
        yield bytes.fromhex(piece[: min(_HEAD, len(piece) // 2 * 2)])
    standard = piece.replace("-", "+").replace("_", "/")
    for start in range(4):
        length = min(_HEAD, len(piece) - start) // 4 * 4
        yield base64.b64decode(standard[start : start + length])


def _is_packed(piece: str) -> bool:
    """Whether a piece changes between capitals, small letters and digits as encodings do and words and paths do not."""
    kinds = piece.encode("ascii").translate(_KINDS, b"+/_-=")
    changes = sum(map(int.__ne__, kinds, kinds[1:]))
    return 20 * kinds.count(b"D") >= len(kinds) and 4 * changes >= len(kinds)


def _find_bytes_apart(text: str, measures: Measures) -> str | None:
    """Look for bytes written one by one, with any of the usual separators and prefixes.

    Decimal numbers of two digits (times of day) look alike, so a long row counts only if it has a letter; a row that spells
    readable text is a percent-encoded word of another script.
    """
    for match in _BYTES_APART.finditer(text):
        found = bytes.fromhex("".join(_BYTE.findall(match[0].replace("\\x", " ").replace("%", " "))))
        if 2 * len(found) >= measures.signature and is_media(found):
            return "encoded media"
        has_letter = re.search("[a-f]", found.hex()) is not None
        if len(found) > max(_MOST_BYTES_APART, measures.hexadecimal // 2) and has_letter and not _is_text(found):
            return "long hexadecimal content"
    return None


def _is_text(found: bytes) -> bool:
    """Whether bytes are readable UTF-8, but for a last character that may be cut."""
    text = found.decode("utf-8", "ignore")
    return "".join(text.split()).isprintable() and len(text.encode()) > len(found) - 4
