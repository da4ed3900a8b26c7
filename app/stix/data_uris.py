"""The ``data:`` scheme (RFC 2397) in text, in any spelling that a reader or a browser would still take for it.

Escapes and entities are resolved before, by ``decodings``. Kept by ``tests/stix/test_data_uris.py``.
"""

from __future__ import annotations

import re

_URI = re.compile(
    r"data(?<![A-Za-z0-9]data)(?::|%3a)(?:[\w.+-]{1,64}(?:/|%2f)[\w.+*-]{1,64}\s?(?:[;,]|%3b|%2c)|;[\w=-]{1,64},|,%[0-9a-f]{2})",
    re.IGNORECASE,
)
_KIND = r"(?:application|audio|font|image|message|model|multipart|text|video)"
_BROKEN_UP = re.compile(
    rf"data:(?:{_KIND}/[a-z0-9.+-]{{1,40}}(?:;[a-z0-9=-]{{1,40}}){{0,4}}|(?:;[a-z0-9=-]{{1,40}}){{0,4}});base64,"
)
_LETTER_BY_LETTER = re.compile(r"d[\s._\"'+-]{1,4}a[\s._\"'+-]{1,4}t[\s._\"'+-]{1,4}a[\s._\"'+-]{0,4}(?::|%3a)", re.IGNORECASE)
_SPACED = re.compile(rf"d\s*a\s*t\s*a(?<![A-Za-z0-9]data)\s*:\s*{_KIND}\s*/\s*[\w.+-]{{1,40}}\s*(?:;|,(?!\s))", re.IGNORECASE)
_BREAKS = str.maketrans("", "", " \t\r\n\"'`\\|_+")


def holds_data_uri(text: str) -> bool:
    """Whether a text (ASCII, its disguises taken off) seems to hold a ``data:`` URI; words such as *data: five* do not."""
    small = text.lower()
    if "data" in small and (_URI.search(text) or _SPACED.search(text)):
        return True
    if ":" not in text and "%3a" not in small:
        return False
    together = small.translate(_BREAKS)
    return ("base64," in together and _BROKEN_UP.search(together) is not None) or _LETTER_BY_LETTER.search(small) is not None
