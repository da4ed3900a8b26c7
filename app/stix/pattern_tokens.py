"""The words of the STIX pattern language (STIX 2.1 §9.1), read exactly as the lexer of stix2-patterns reads them.

Owns the cut of a text into tokens; whether they make a pattern is asked in ``patterns``. Kept by ``tests/stix/test_patterns.py``,
which compares both with that library.
"""

from __future__ import annotations

import re

# The library's lexer takes the longest match. Here the first one counts, so longer tokens stand before those they begin with.
_TOKEN = re.compile(
    r"""
      (?P<skipped>   [\t-\r\ \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]++ | /\*[\s\S]*?\*/ | //[^\r\n]*+ )
    | (?P<mark>      <= | >= | <> | != | == | [=<>:,()\[\]*] | \.(?![0-9]) )
    | (?P<timestamp> t'[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])
                     T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?Z' )
    | (?P<hex>       h'(?:[0-9A-Fa-f]{2})*+' )
    | (?P<binary>    b'(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)' )
    | (?P<name>      [A-Za-z_][A-Za-z0-9_-]*+ )
    | (?P<string>    '(?:[^'\\]++|\\['\\])*+' )
    | (?P<float>     [+-]?[0-9]*\.[0-9]++ )
    | (?P<integer>   [+-]?(?:0|[1-9][0-9]*+) )
    """,
    re.VERBOSE | re.ASCII,
)
_KEYWORDS = frozenset(
    (
        *("AND", "OR", "NOT", "FOLLOWEDBY", "LIKE", "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS", "LAST", "IN"),
        *("START", "STOP", "SECONDS", "WITHIN", "REPEATS", "TIMES"),
    )
)


def tokens_of(pattern: str) -> tuple[list[str], list[str]] | None:
    """Give the kinds and the texts of a pattern's tokens (unverified), or None if it holds a character that no token has.

    Marks and keywords are kinds of their own, named by their text. The others: name, hyphenated (a name that may not stand in
    a path), string, bool, timestamp, hex, binary, integer, float, negative-integer and negative-float. Linear in the length of
    the pattern but for binary constants, which are bounded with it.
    """
    kinds: list[str] = []
    texts: list[str] = []
    end = 0
    for token in iter(_TOKEN.scanner(pattern).match, None):  # type: ignore[attr-defined]  # typeshed does not know scanners
        kind = token.lastgroup
        end = token.end()
        if kind == "skipped":
            continue
        text = token[0]
        kinds.append(text if kind == "mark" else _kind_of(kind, text))
        texts.append(text)
    return (kinds, texts) if end == len(pattern) else None


def _kind_of(kind: str, text: str) -> str:
    if kind == "name":
        if text in _KEYWORDS:
            return text
        if text in ("true", "false"):
            return "bool"
        return "hyphenated" if "-" in text else "name"
    if text[0] == "-":
        return "negative-" + kind
    return kind
