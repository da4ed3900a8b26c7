"""The ways in which a text can be read as a name: what each disguise comes to, as letters and digits alone.

Owns undoing what machines write names in (percent and HTML escapes, escapes of programs, internationalised domain names, base64,
hexadecimal digits) and what people take for other letters (``disguises``, and here strokes, turned letters, letters and digits of
further scripts, digits for letters). For comparing names in forms only: nothing is stored of it. It is for what slips in by
mistake: who wants to give a name away finds a way (``docs/known-limits.md``). Kept by ``tests/stix/test_name_readings.py``.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from app.stix.disguises import letters_alone

_MOST_LAYERS = 5
_ESCAPED = re.compile(r"(?:\\x|\\u|%u)(?:\{([0-9a-fA-F]{2,6})\}|([0-9a-fA-F]{4}|[0-9a-fA-F]{2}))")
_LABEL = re.compile(r"xn--[a-z0-9-]{1,59}", re.ASCII | re.IGNORECASE)
_IN_64 = re.compile(r"[A-Za-z0-9+/_-]{6,512}", re.ASCII)
_IN_16 = re.compile(r"(?:[0-9a-fA-F]{2}){4,256}", re.ASCII)
_PART = re.compile(r"[^\W\d_]+|\d+")
_HIGHEST = 0x10FFFF
_LATIN = re.compile(  # the Unicode name of one Latin letter, whatever was done to it
    "(?:NEGATIVE SQUARED |NEGATIVE CIRCLED |REGIONAL INDICATOR SYMBOL )?(?:LATIN )?(?:CAPITAL |SMALL )?LETTER "
    "(?:SMALL CAPITAL |TURNED |REVERSED |INSULAR |SCRIPT |OPEN |DOTLESS |SIDEWAYS )*([A-Z])(?: .+)?"
)
_OTHERS = str.maketrans(  # Armenian, Cherokee, Coptic, Deseret, Greek and Lisu
    dict(
        zip(
            "\u0585\u057d\u0578\u0570\u0581\u0566\u13a0\u13a1\u13a2\u13a5\u13aa\u13ab\u13ac\u13b3\u13b7\u13bb\u13c0\u13c3"
            "\u13cf\u13d2\u13d9\u13da\u13de\u13df\u13e2\u13e6\u13e7\u2c9f\u2c81\u2c89\u2ca3\u2ca5\u2cad\U0001042c\u03b1\u03b6"
            "\u03b5\u03b9\u03ba\u03b7\u03c4\u03c5\u03c7\ua4d0\ua4d1\ua4d3\ua4d4\ua4d6\ua4d7\ua4d9\ua4da\ua4dc\ua4dd\ua4df"
            "\ua4e0\ua4e1\ua4e2\ua4e3\ua4e6\ua4e7\ua4ea\ua4eb\ua4ec\ua4ee\ua4f0\ua4f2\ua4f3\ua4f4",
            "ounhgqdrtiajewmhgzbrvslcpkdoaepcxoazeikntuxbpdtgkjczfmnlsrvhwxyaeiou",
            strict=True,
        )
    )
)
_FOR_LETTERS = str.maketrans("013457i89", "oleastlbg")
"""Digits that are written for letters; i and l are one, since 1 is written for both."""

_SHORTEST_WITH_DIGITS = 6
_SHORTEST_WORD = 5
_SHORTEST_PART = 2


def readings(text: str) -> frozenset[str]:
    """Give what a text (unverified, of the length of a form's) can be read as, letters and digits alone."""
    layers = list(_layers(text))
    decoded = [one for layer in layers for one in _decoded(layer)]
    return frozenset(letters_alone(_folded(one)) for one in (*layers, *decoded))


def with_digits_for_letters(name: str) -> str | None:
    """Give a name or a reading with the letters for which digits are written; None where it is too short, or digits alone."""
    is_word = len(name) >= _SHORTEST_WITH_DIGITS and any(one.isalpha() for one in name)
    return name.translate(_FOR_LETTERS) if is_word else None


def parts(text: str) -> frozenset[str]:
    """Give the words and numbers of a text, each as letters or digits alone."""
    last = list(_layers(text))[-1]
    return frozenset(map(letters_alone, _PART.findall(_folded(unicodedata.normalize("NFKC", last)))))


def parts_of_name(name: str) -> frozenset[str]:
    """Give the words and numbers of a name that together stand for it wherever they stand; none where they say too little."""
    found = parts(name)
    is_telling = len(found) > 1 and any(len(one) >= _SHORTEST_WORD and one.isalpha() for one in found)
    return found if is_telling and all(len(one) >= _SHORTEST_PART for one in found) else frozenset()


def _layers(text: str) -> Iterator[str]:
    """Give a text, and what it comes to without one layer of escapes after the other."""
    for _ in range(_MOST_LAYERS):
        yield text
        bare = html.unescape(unquote(_ESCAPED.sub(_character, text)))
        if bare == text:
            return
        text = bare
    yield text


def _character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    return chr(number) if number <= _HIGHEST else escape[0]


def _decoded(text: str) -> Iterator[str]:
    if _LABEL.search(text):
        yield _LABEL.sub(_label, text)
    for word in _IN_16.findall(text):
        yield _as_text(bytes.fromhex(word))
    for word in _IN_64.findall(text):
        padded = word.replace("-", "+").replace("_", "/") + "=" * (-len(word) % 4)
        try:
            yield _as_text(base64.b64decode(padded))
        except binascii.Error:
            continue


def _label(found: re.Match[str]) -> str:
    try:
        return found[0][4:].encode().decode("punycode")
    except (UnicodeError, ValueError):
        return found[0]


def _as_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""


def _folded(text: str) -> str:
    """Give a text with Latin letters and digits for what people take for them, beyond what ``letters_alone`` does."""
    return text if text.isascii() else "".join(map(_ascii, text))


@lru_cache(4_096)
def _ascii(one: str) -> str:
    if one.isascii():
        return one
    digit = unicodedata.digit(one, None)
    if digit is not None:
        return str(digit)
    upper, lower = one.upper().translate(_OTHERS), one.lower().translate(_OTHERS)
    for each in (upper, lower):
        if each.isascii():
            return each
    found = _LATIN.fullmatch(unicodedata.name(one, ""))
    return found[1].lower() if found else one
