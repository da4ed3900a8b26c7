"""The deep look at one text: does it seem to carry encoded media, or any long encoded content?

Owns the order of looking, through several encodings one inside the other, and the bounds on that work. Works on bytes that were
never meant to be here: it decodes parts, keeps none, and says only what kind it found. Kept by
``tests/stix/test_encoded_media.py`` and ``tests/stix/test_screen.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.stix.data_uris import holds_data_uri
from app.stix.decodings import as_bytes, as_text, dear_pieces, long_words, turned
from app.stix.disguises import is_written_bytes, plain
from app.stix.media_signatures import hold_media
from app.stix.packed_text import FREE_TEXT, PATTERN, Measures, find_interrupted, find_packed, find_wrapped, is_readable
from app.stix.suspicion import is_dense, is_suspect
from app.stix.unseen_text import is_unseen_writing

_DEPTH = 4  # encodings inside each other
_BLOCK = 8_192  # characters that are looked at together
_OVERLAP = 512
_DEAR = 500  # characters' worth of work on a piece of base85
_PIECES_WORTH = 4_000  # and on texts together
_TOO_MUCH = "more text that looks encoded than can be looked at (if it is none, divide it)"
UNSEEN = "bytes written as characters that nobody sees"
_FEWEST_LETTERS = 12  # what has fewer hides nothing
_MOST_OF_PIECES = 4_096  # characters of texts together that are decoded
_WRAPPED = 16_384  # characters of texts together that are read as one row
_MOST_IN_PIECES = 256  # characters in neighbouring short texts
_SMALL = 1_024  # characters: the letters of longer blocks are not turned
_CONSTANT = re.compile(r"'((?:[^'\\\\]++|\\\\.)*+)'", re.DOTALL)
_PRINTABLE = re.compile(rb"(?:[\t\n\r -~]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){16,}")
_PRINTABLE_WIDE = re.compile(rb"(?:[\t\n\r -~]\0){16,}")
_SIGNS = re.compile("[\u2800-\u28ff\ue000-\uf8ff\U0001f300-\U0001f6ff]{16,}")
_FIRST_EMOJI = 0x1F3F7  # of the alphabet of 256 emoji
_YENC_HEADER = re.compile(r"=ybegin (?:part=\d+ )?(?:total=\d+ )?line=\d+ size=\d+")
_YENC_ESCAPE = re.compile("=(.)", re.DOTALL)
_PIECE_OF_CONSTANTS = 16  # characters: shorter constants of patterns are words and numbers


@dataclass(slots=True)
class Effort:
    """How many suspect characters may still be looked at closely in one object: its time is bounded, whatever stands in it."""

    characters: int = 120_000
    pieces: int = 120

    def spend(self, characters: int) -> bool:
        """Take from what is left, and say whether there was enough."""
        self.characters -= characters
        return self.characters >= 0

    @property
    def spent(self) -> int:
        """What was taken so far, in characters' worth."""
        return Effort().characters - self.characters + (Effort().pieces - self.pieces) * _PIECES_WORTH

    def spend_on_pieces(self) -> bool:
        """Take one look at texts together from what is left, and say whether there was one."""
        self.pieces -= 1
        return self.pieces >= 0


@dataclass(slots=True)
class Allowance:
    """How many characters' worth may still be looked at closely in all objects that are sent together."""

    characters: int = 40_000_000


def find_encoded(text: str, measures: Measures, effort: Effort | None = None) -> str | None:
    """Give what a text (unverified) seems to carry, in words for its author, or None.

    Looked for are ``data:`` URIs, formats' first bytes in all the writings of ``decodings``, up to four inside each other, and
    what ``packed_text`` finds long and packed. With ``PATTERN`` formats' first bytes count in constants of 86 characters and more
    only.
    """
    return _Look(measures, effort or Effort()).at(text, 0)


def find_in_pieces(pieces: list[str], effort: Effort) -> str | None:
    """Give what short neighbouring texts (unverified) seem to carry as pieces of one, in words for its author, or None."""
    together = " ".join(pieces)
    if len(together) < FREE_TEXT.signature or not (is_dense(pieces) or is_suspect(together)):
        return None
    look = _Look(FREE_TEXT, Effort(_MOST_OF_PIECES))
    joined = plain("".join(pieces)[:_MOST_OF_PIECES])
    if holds_data_uri(joined):
        return "a data: URI"
    if sum(map(len, pieces)) >= _MOST_IN_PIECES:
        found = _first(
            find_wrapped(together[start : start + _WRAPPED].split()) or find_interrupted(together[start : start + _WRAPPED])
            for start in range(0, len(together), _WRAPPED)
            if effort.spend_on_pieces()
        )
        if found:
            return found
    if not effort.spend_on_pieces():
        return None
    return look.decode(joined, 0) or look.decode(plain(together[:_MOST_OF_PIECES]), 0)


def _first(findings: Iterable[str | None]) -> str | None:
    return next(filter(None, findings), None)


@dataclass(slots=True)
class _Look:
    measures: Measures
    effort: Effort
    seen: set[str] = field(default_factory=set)

    def at(self, text: str, depth: int, *, is_whole: bool = True) -> str | None:
        """Look at a text that was found inside ``depth`` others."""
        if text in self.seen:
            return None
        self.seen.add(text)
        found = _written_in_signs(text)
        if not found and depth < _DEPTH:
            found = _first(self.at(inner, depth + 1) for inner in _texts_in_signs(text))
        if found:
            return found
        letters = plain(text)
        if holds_data_uri(letters) or _YENC_HEADER.search(letters):
            return "an encoded file" if "=ybegin" in letters else "a data: URI"
        if self.measures is PATTERN and depth == 0:
            return self._in_pattern(letters)
        return self.decode(letters, depth, is_whole=is_whole)

    def _in_pattern(self, pattern: str) -> str | None:
        found = find_packed(pattern.encode("ascii", "replace").decode("ascii"), PATTERN)
        return (
            found
            or _first(self._decode_block(constant, 0) for constant in _constants(pattern))
            or self._resolve(pattern, 0, is_whole=True)
        )

    def decode(self, letters: str, depth: int, *, is_whole: bool = False) -> str | None:
        """Look at each suspect part of a text for what it decodes to and, if it is a whole text, for what is packed."""
        for block in _blocks(letters):
            if not is_suspect(block):
                continue
            if not self.effort.spend(len(block) + _DEAR * dear_pieces(block)):
                return _TOO_MUCH if is_whole else None
            if is_whole:
                found = find_packed(block.encode("ascii", "replace").decode("ascii"), FREE_TEXT if depth else self.measures)
                if found:
                    return found
            found = self._decode_block(block, depth) or self._resolve(block, depth, is_whole=is_whole)
            if found:
                return found
        return None

    def _resolve(self, letters: str, depth: int, *, is_whole: bool) -> str | None:
        texts = as_text(letters) if depth < _DEPTH else ()
        return _first(self.at(resolved, depth + 1, is_whole=is_whole) for resolved in texts)

    def _decode_block(self, block: str, depth: int) -> str | None:
        decoded = [*as_bytes(block), *long_words(block)]
        if hold_media(decoded):
            return "an encoded file"
        inside = _first(self._in_texts(raw, block, depth) for raw in decoded)
        if inside or len(block) > _SMALL:
            return inside
        decoded = [raw for letters in turned(block) for raw in as_bytes(letters)]
        return "an encoded file" if hold_media(decoded) else _first(self._in_texts(raw, block, depth) for raw in decoded)

    def _in_texts(self, raw: bytes, block: str, depth: int) -> str | None:
        if depth >= _DEPTH or len(raw) > 4 * len(block) // 5:  # the longer ones are escapes, which are resolved as texts
            return None
        return _first(self.at(text, depth + 1) for text in _texts_in(raw))


def _blocks(text: str) -> Iterator[str]:
    for start in range(0, max(1, len(text) - _OVERLAP), _BLOCK - _OVERLAP):
        yield text[start : start + _BLOCK]


def _constants(pattern: str) -> Iterator[str]:
    """Give the long constants of a pattern, and those that are no words all together: content may be cut to constants."""
    constants = [constant for constant in _CONSTANT.findall(pattern) if len(constant) >= _PIECE_OF_CONSTANTS]
    yield from (constant for constant in constants if len(constant) >= PATTERN.signature)
    if len(constants) > 1:
        yield "".join(constants)[:_BLOCK]


def _texts_in(raw: bytes) -> Iterator[str]:
    """Give the texts that stand in decoded bytes, other bytes before and behind them: of ASCII, of UTF-16, or all of it."""
    if is_readable(raw) and len(raw) >= _FEWEST_LETTERS:
        yield raw.replace(b"\0", b"").decode("utf-8", "replace")
        return
    for run in _PRINTABLE.findall(raw):
        yield run.decode("utf-8", "replace")
    for run in _PRINTABLE_WIDE.findall(raw):
        yield run.replace(b"\0", b"").decode("ascii")


def _written_in_signs(text: str) -> str | None:
    if is_unseen_writing(text):
        return UNSEEN
    return "bytes written as signs" if is_written_bytes(text) or hold_media(_spellings(text)) else None


def _spellings(text: str) -> list[bytes]:
    """Give the bytes that the characters of a text may stand for, one each, or two each."""
    if text.isascii():
        return []
    head = text[:_BLOCK]
    unescaped = _YENC_ESCAPE.sub(lambda escape: chr(ord(escape[1]) - 64 & 255), head)
    return [
        *(head.encode(encoding, "replace") for encoding in ("latin-1", "cp1252", "utf-16-be", "utf-16-le")),
        *(bytes(ord(each) - first & 255 for each in head if not each.isascii()) for first in (0, _FIRST_EMOJI)),
        bytes(ord(each) - 42 & 255 for each in unescaped),
    ]


def _texts_in_signs(text: str) -> Iterator[str]:
    """Give the texts that signs of no language may stand for, one character each."""
    signs = "".join(_SIGNS.findall(text[:_BLOCK]))
    for first in (0, _FIRST_EMOJI):
        yield from _texts_in(bytes(ord(each) - first & 255 for each in signs))
