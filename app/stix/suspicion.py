"""The quick look: which texts deserve the deep one. Translations and counts that cost nanoseconds a byte.

Errs on the side of suspicion: a suspect is looked at closely, never refused for that. Kept by ``tests/stix/test_suspicion.py``,
which asks it about every payload in disguise.
"""

from __future__ import annotations

import re
import string

from app.stix.disguises import is_written_bytes, plain
from app.stix.media_signatures import is_media
from app.stix.packed_text import FREE_TEXT, PATTERN
from app.stix.unseen_text import is_unseen_writing

_SHORTEST = FREE_TEXT.signature  # characters: below it no encoding holds even the beginning of a picture
_LONG = 120
_WINDOW = 480
_SMALL_WINDOW = 48


def _marks(alphabet: str) -> bytes:
    """Give the table that translates the bytes of ``alphabet`` to ``a``, the hyphen to itself and all others to blanks."""
    return bytes(ord("a" if chr(byte) in alphabet else "-" if chr(byte) == "-" else " ") for byte in range(256))


_WORDS = _marks(string.ascii_letters + string.digits)  # without + / - _, so that paths, slugs and STIX ids are no runs
_ENCODING = _marks(string.ascii_letters + string.digits + "+/-_")
_SIGNED = _marks("".join(sign for sign in map(chr, range(33, 127)) if sign not in "/.:,\"'-_?"))
_HEXADECIMAL = _marks(string.hexdigits)
_BETWEEN_BYTES = b" \t\r\n,.:;\\x%|[]()'\""
_BETWEEN_PIECES = b" \t\r\n,."
_BETWEEN_LETTERS = b" \t\r\n\"'`\\|_.+-"
_NO_CAPITALS_OR_DIGITS = bytes(set(range(256)) - set((string.ascii_uppercase + string.digits).encode()))
_KNOWN_FORM = re.compile(
    r"(?<![0-9A-Za-z+/=_-])(?:[0-9A-Fa-f]{128}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32}"
    r"|(?:[a-z][a-z0-9-]{1,60}--)?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})(?![0-9A-Za-z+/=_-])",
    re.ASCII,
)
_MOST_KNOWN = 12
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")
_SIGNS_IN_A_ROW = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x80-\x9f]|[\u2800-\u28ff\ue000-\uf8ff\U0001f300-\U0001f6ff]{16}")
_RUN = b"a" * _SHORTEST
_SIGNED_WORD = re.compile(rb"[!#$%&()*+;<=>@A-Z\[\\\]^`a-z{|}~0-9]{20,}+")
_LONG_WORD = re.compile(rb"[A-Za-z0-9]{16,}+")
_SIGNED_RUN = b"a" * 20
_LONG_RUN = b"a" * 64  # longer than any STIX id
_PATTERN_RUN = b"a" * PATTERN.signature
_HYPHENATED_BYTES = b"-".join([b"aa"] * 8)
_ESCAPES = ((b"%", 4), (b"\\", 4), (b"=", 4), (b"&", 2))  # and how many of them are suspect


def is_suspect(text: str) -> bool:
    """Whether a text (unverified) deserves the deep look: a long run, bytes in a row, escapes, many capitals and digits."""
    if not text.isascii():
        if is_written_bytes(text) or _SIGNS_IN_A_ROW.search(text) or is_unseen_writing(text):
            return True
        text = plain(text)
    elif _CONTROL.search(text):
        return True
    return _is_suspect(text.encode("ascii", "replace")) and _is_suspect(_without_known_forms(text).encode("ascii", "replace"))


def _without_known_forms(text: str) -> str:
    """Leave out a few hash values and ids: they are what texts of partners have most, and short of every measure."""
    forms = _KNOWN_FORM.findall(text)
    if not forms or len(forms) > _MOST_KNOWN or any(is_media(bytes.fromhex(_hexadecimal_of(form))) for form in forms):
        return text
    return _KNOWN_FORM.sub(" ", text)


def _hexadecimal_of(form: str) -> str:
    """Give the beginning of a hash value, or the number of an id."""
    return form.rpartition("--")[2].replace("-", "")[:32]


def _is_suspect(raw: bytes) -> bool:
    return _has_run(raw) or _has_bytes(raw) or _has_escapes(raw) or names_data(raw) or _is_dense(raw)


def _has_run(raw: bytes) -> bool:
    if _RUN in raw.translate(_WORDS) and any(map(_is_mixed, _LONG_WORD.findall(raw))):
        return True
    if _SIGNED_RUN in raw.translate(_SIGNED) and not all(map(bytes.isalnum, _SIGNED_WORD.findall(raw))):
        return True
    # JPEG's beginning in base64 is no run; that of other formats is.
    return _LONG_RUN in raw.translate(_ENCODING) or b"9j/4" in raw or b"9j_4" in raw


def _has_bytes(raw: bytes) -> bool:
    hexadecimal = raw.translate(_HEXADECIMAL, _BETWEEN_BYTES)
    return _RUN in hexadecimal or _HYPHENATED_BYTES in hexadecimal


def _is_mixed(word: bytes) -> bool:
    """Whether a long word has digits or capitals inside, as words of languages have not."""
    return not word.isalpha() or not (word[1:].islower() or word.isupper())


def is_suspect_pattern(pattern: str) -> bool:
    """Whether a pattern deserves the deep look: hash constants and the first bytes of formats belong there."""
    if not pattern.isascii():
        if is_unseen_writing(pattern):
            return True
        pattern = plain(pattern)
    raw = pattern.encode("ascii", "replace")
    if _PATTERN_RUN in raw.translate(_ENCODING) or _PATTERN_RUN in raw.translate(_HEXADECIMAL, _BETWEEN_BYTES):
        return True
    if raw.count(b"\\") > PATTERN.signature or raw.count(b"%") > PATTERN.signature or len(raw) - len(pattern.strip()) > _LONG:
        return True
    return b"payload_bin" in raw or names_data(raw) or len(raw.translate(None, _NO_CAPITALS_OR_DIGITS)) > _LONG


def is_dense(pieces: list[str]) -> bool:
    """Whether neighbouring short texts together have so many capitals and digits as encodings cut to pieces."""
    raw = "".join(pieces).encode("ascii", "replace")
    return len(raw) >= _SHORTEST and 4 * len(raw.translate(None, _NO_CAPITALS_OR_DIGITS)) > len(raw)


def names_data(raw: bytes) -> bool:
    """Whether a text might name the scheme ``data:``, broken up or not."""
    if b":" not in raw and b"%" not in raw:
        return False
    small = raw.lower()
    return b"data:" in small.translate(None, _BETWEEN_LETTERS) or b"data%3a" in small


def _has_escapes(raw: bytes) -> bool:
    return any(raw.count(sign) >= many for sign, many in _ESCAPES) or b"&#" in raw or b"&colon" in raw


def _is_dense(raw: bytes) -> bool:
    if 3 * len(raw.translate(None, _NO_CAPITALS_OR_DIGITS)) < _SMALL_WINDOW:
        return False
    return any(_is_packed(raw[at : at + _SMALL_WINDOW]) for at in range(0, len(raw), _SMALL_WINDOW)) or (
        len(raw) >= _LONG and any(_is_telling(raw[at : at + _WINDOW]) for at in range(0, len(raw), _WINDOW))
    )


def _is_packed(raw: bytes) -> bool:
    return 3 * len(raw.translate(None, _NO_CAPITALS_OR_DIGITS)) > _SMALL_WINDOW


def _is_telling(raw: bytes) -> bool:
    telling = len(raw.translate(None, _NO_CAPITALS_OR_DIGITS))
    return 6 * telling > len(raw) and 3 * telling > len(raw.translate(None, _BETWEEN_PIECES))
