"""Words of a text as they are searched for: without case, accents and punctuation, the same in what is kept and what is asked.

Owns folding, so that every database finds the same: none of them is left to decide what a word is. NOT done: stems, synonyms, and
words of scripts that write none apart (a whole run of those is one word). Kept by ``tests/domain/test_words.py``.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 2_000
"""So many words of one object are kept, from its beginning."""
MOST_REPEATS = 200
"""So often one word of one object is kept: PostgreSQL keeps no more than 255 places of a word."""
LONGEST_WORD = 64
"""So many characters of a word are kept and asked for."""
GAP = "¶"
"""Stands between two texts, so that no phrase reaches from one into the other; no text has it as a word."""

KEY = "§"
"""What a key of an observable begins with among kept words; no text has a word with it."""

_PLAIN = re.compile(r"[a-z0-9]+", re.ASCII)
_WORD = re.compile(r"[^\W_]+")


def fold_words(text: str) -> list[str]:
    """Give the words of a text in order, each at most ``LONGEST_WORD`` characters."""
    if text.isascii():
        found = _PLAIN.findall(text.lower())
    else:
        bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        found = _WORD.findall("".join(one for one in bare if not unicodedata.category(one).startswith("M")))
    return [word[:LONGEST_WORD] for word in found]


def kept_words(texts: list[str]) -> str:
    """Give what is kept of an object's texts: their words in order, ``GAP`` between two texts, a space between two words."""
    kept: list[str] = []
    times: dict[str, int] = {}
    for text in texts:
        words = fold_words(text)
        if kept and words:
            kept.append(GAP)
        for word in words:
            times[word] = times.get(word, 0) + 1
            if times[word] <= MOST_REPEATS:
                kept.append(word)
        if len(kept) >= MOST_WORDS:
            break
    return " ".join(kept[:MOST_WORDS])
