"""Text that is packed as encodings are: long, and changing between capitals, small letters and digits as no words do.

Owns the measures of encoded text (base64, base64url, base85, base32, hexadecimal, numbers) that nobody can decode: in one piece,
wrapped, byte by byte, or cut by punctuation. All its expressions are linear. Kept by ``tests/stix/test_packed_text.py`` and
``tests/stix/test_screen.py``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.stix.media_signatures import holds_media, is_media


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
"""Room for the long tokens of share links, of headers and of command lines."""

PATTERN = Measures(base64=300, hexadecimal=300, signature=86)
"""Room for a PhotoDNA value (144 bytes) and for the first bytes of a file format."""

HASH = Measures(base64=512, hexadecimal=512, signature=16)
"""Room for the values of perceptual hashes."""

_HEAD = 96  # characters of a piece that are decoded
_DIGEST_LENGTHS = frozenset({32, 40, 48, 56, 64, 96, 128})
_MOST_DIGESTS = 64 * 64  # characters in hash values: 64 of SHA-256
_LONG_WORDS = 16  # words of wrapped base64 are longer than this; codes and handles are shorter
_ENCODED_WORDS = 160  # characters in words that read as base64, together
_SHORT_ENCODED_WORDS = 400
_TINY_WORD = 3  # characters: shorter ones are letters one by one
_HYPHENATED_DIGITS = 2048  # 64 UUIDs
_MOST_BYTES_APART = 64  # bytes written one by one: a SHA-512 certificate fingerprint

_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,15}+://\S++", re.IGNORECASE)
_PIECE = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}+")
_KNOWN_BEGINNINGS = re.compile(  # of PNG, GIF, JPEG, WebP or AVI, Matroska and MP4, wherever in a piece they stand
    r"iVBORw0KGgo|R0lGOD[dl]h|[/_]9j[/_]4[AQ]|UklGR[A-Za-z0-9+/_-]{6}(?:XRUJQV|BVkk)|GkXfo[w-z]|AAAA[A-Za-z0-9+/_-]{2}Z0eX[A-D]"
)
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_DRAWN = re.compile("[+_-]{8}")
_UUID = re.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_RULE = re.compile(r"[+/_=-]+")  # of a table drawn with signs
_WORD = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_BYTES_APART = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x|%)?[0-9A-Fa-f]{2}(?:[\s,.:;-]{1,3}|(?=[\\%])|(?![0-9A-Za-z]))){8,}+")
_BYTE = re.compile(r"(?:0x)?([0-9A-Fa-f]{2})")
_ROW = re.compile(r"(?:[A-Za-z0-9+/_-]++=*+[\s.,;:|\"'`()\[\]{}<>\\*]*+)++", re.ASCII)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]+")
_INTERRUPTED = 320  # characters of base64 between full stops and commas
_NUMBER_ROW = re.compile(r"(?<![\w.])(?:[0-9]{1,3}+(?:[\s,;]{1,3}+|(?!\w))){16,}+", re.ASCII)
_NUMBER = re.compile(r"[0-9]+")
_MOST_NUMBERS = 256
_DIFFERENT_NUMBERS = 96
_BARE_SIGNATURE = 12  # bytes: fewer may be told, as rules of detection do
_LONGEST_PIECE = 1024  # no word or path of words is longer
_ALL_KINDS = (
    bytes(
        ord("U" if chr(byte).isupper() else "L" if chr(byte).islower() else "D" if chr(byte).isdecimal() else "P")
        for byte in range(128)
    )
    + b"P" * 128
)
_KINDS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", b"U" * 26 + b"L" * 26 + b"D" * 10)

_SEPARATORS = re.compile(r"[\s\"'`,;|()\[\]{}<>:\\*]+")
_DENSE = re.compile(r"[!-~]{120,}+")
_TELLING_SIGNS = re.compile(r"[!#$%&()*;<>?@^`{|}~]")


def find_packed(text: str, measures: Measures) -> str | None:
    """Give what an ASCII text (unverified) seems to carry, in words for its author, or None.

    Web addresses in it have the measures ``ADDRESS``. Base64 of readable text does not count: who wants to know looks at that
    text.
    """
    rest = text
    if "://" in text:
        for address in _URL.findall(text):
            found = _find_in_pieces(address, ADDRESS) or _find_bytes_apart(address, ADDRESS)
            if found:
                return found
        rest = _URL.sub(" ", text)
    found = _find_in_pieces(rest, measures) or _find_bytes_apart(rest, measures) or find_wrapped(_SEPARATORS.split(rest))
    if found or measures is not FREE_TEXT:
        return found
    return find_interrupted(rest) or _find_numbers(rest) or _find_dense(rest)


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
    if holds_media(raw):
        return "an encoded file"
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
    return (
        2 * len(kinds) >= len(joined)
        and 2 * changes >= len(kinds)
        and 4 * min(capitals, small) >= len(kinds)
        and len(kinds) <= 20 * digits <= 6 * len(kinds)
    )


def find_wrapped(words: list[str]) -> str | None:
    """Give what neighbouring words (unverified) seem to carry if they are read as one: base64 or hexadecimal cut to pieces."""
    digests = 0
    row: list[str] = []
    for word in (*words, " "):  # no word is a space: it ends the last row
        is_uuid = _UUID.fullmatch(word) is not None
        if is_uuid or _is_digest(word):
            digests += len(word)
            if digests > _MOST_DIGESTS:
                return "more hash values than a text may hold"
            if is_uuid:
                continue
        elif _WORD.fullmatch(word):
            if not _RULE.fullmatch(word):
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
    row = [word for word in row if len(word) <= _LONG_WORDS or not _is_readable_base64(word)]
    joined = "".join(row)
    if len(row) < 2 or len(joined) < _ENCODED_WORDS:  # noqa: PLR2004  # one word alone is a piece
        return None
    digits = joined.replace("-", "")
    if _HEXADECIMAL.fullmatch(digits):
        most = _HYPHENATED_DIGITS if "-" in joined else _SHORT_ENCODED_WORDS
        decimal = sum(map(str.isdecimal, digits))
        is_long = len(digits) > most and 2 * len(digits) <= 5 * decimal <= 4 * len(digits)
        return "hexadecimal content in pieces" if is_long or _begins_media(digits) else None
    long_words = "".join(word for word in row if len(word) > _LONG_WORDS)
    is_packed = len(long_words) >= _ENCODED_WORDS and _is_packed(long_words) and not long_words.islower()
    if not is_packed and len(joined) >= _SHORT_ENCODED_WORDS and _is_packed(joined) and not joined.islower():
        is_packed = 2 * sum(len(word) for word in row if len(word) < _TINY_WORD or _is_mixed(word)) >= len(joined)
    return "base64 content in pieces" if is_packed else None


def _is_mixed(word: str) -> bool:
    """Whether a word has digits among letters, or capitals inside, as few words of any language have."""
    letters = word.strip("+/_-=")
    return not (letters.isdecimal() or letters[1:].islower() or letters.isupper() or not letters)


def _find_in_pieces(text: str, measures: Measures) -> str | None:
    for match in _PIECE.finditer(text):
        piece = match[0]
        if _DRAWN.search(piece) and 2 * sum(map(str.isalnum, piece)) < len(piece):
            continue
        least = max(measures.signature, 2 * _BARE_SIGNATURE if _HEXADECIMAL.fullmatch(piece) else 0)
        if len(piece) >= least and (_KNOWN_BEGINNINGS.search(piece) or _begins_media(piece)):
            return "an encoded file"
        if _HEXADECIMAL.fullmatch(piece):
            if len(piece) > measures.hexadecimal:
                return "long hexadecimal content"
        elif (
            len(piece) > measures.base64 and (_is_packed(piece) or len(piece) > _LONGEST_PIECE) and not _is_readable_base64(piece)
        ):
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


def _is_readable_base64(piece: str) -> bool:
    length = len(piece) // 4 * 4
    return is_readable(base64.b64decode(piece[:length].replace("-", "+").replace("_", "/")))


def is_readable(raw: bytes) -> bool:
    """Whether bytes are text that people read: UTF-8, or UTF-16 of Latin letters as command lines have it."""
    if len(raw) > 8 and not any(raw[1::2]) and all(raw[:-1:2]):  # noqa: PLR2004  # fewer say nothing
        raw = raw[::2]
    return _is_text(raw)


def _find_dense(text: str) -> str | None:
    """Look for content in an alphabet with many signs, such as base85: long without a blank, and evenly mixed."""
    for piece in _DENSE.findall(text):
        kinds = piece.encode("ascii").translate(_ALL_KINDS)
        signs = len(_TELLING_SIGNS.findall(piece))
        mixed = all(10 * kinds.count(kind) >= len(kinds) for kind in (b"U", b"L")) and 25 * kinds.count(b"D") >= len(kinds)
        if mixed and 8 * signs >= len(piece) and 2 * sum(map(int.__ne__, kinds, kinds[1:])) >= len(kinds):
            return "long encoded content"
    return None


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
        if len(found) >= max(_BARE_SIGNATURE, measures.signature // 2) and is_media(found):
            return "an encoded file"
        has_letter = re.search("[a-f]", found.hex()) is not None
        if len(found) > max(_MOST_BYTES_APART, measures.hexadecimal // 2) and has_letter and not _is_text(found):
            return "long hexadecimal content"
    return None


def _is_text(found: bytes) -> bool:
    """Whether bytes are readable UTF-8, but for a last character that may be cut."""
    text = found.decode("utf-8", "ignore")
    return "".join(text.split()).isprintable() and len(text.encode()) > len(found) - 4
