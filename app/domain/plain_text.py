"""What a text shows of what it holds: for what one person writes and another reads before they agree to it.

Owns which characters are refused. What a text says is not looked at here. Kept by ``tests/domain/test_plain_text.py``.
"""

from __future__ import annotations

import unicodedata

_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_FILLERS = frozenset(
    map(chr, [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xE0100, 0xE01F0)])
)
_PASTED = frozenset("\t\n\r\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_plain(text: str) -> bool:
    """Whether every character can be seen or is a space: no control, format or other invisible character. For names."""
    return text.isprintable() and _FILLERS.isdisjoint(text) and _SELECTORS.isdisjoint(text)


def is_legible(text: str) -> bool:
    """Whether a text of any number of lines shows what it holds: no characters that turn its direction, and none unseen.

    But for those that languages are written with (joiners, marks of direction, the selectors of pictures) and those that come
    along from word processors and pages (a soft hyphen, blanks of no width): each stands alone for nothing.
    """
    return (text.isascii() and text.isprintable()) or all(map(_is_shown, text))


def _is_shown(character: str) -> bool:
    return character in _PASTED or (unicodedata.category(character) not in _UNSHOWN and character not in _FILLERS)
