"""The language of searches: words, "phrases", beginnings*, and -what must not be there.

Owns reading it and its limits; any text is either a query or refused, and none is ever handed to a database as it came. A word of
several parts (``OP-012``) is a phrase of them. What looks like a way to find a person is refused here, since questions about
persons are asked elsewhere. Kept by ``tests/domain/test_search_query.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.domain.errors import MalformedInputError
from app.domain.words import fold_words

LONGEST_QUERY = 400
MOST_TERMS = 16
SHORTEST_BEGINNING = 2

_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)')
_PERSONAL = re.compile(
    r"""[^\s"]@[^\s"]+\.\w            # a mail address
      | ://                           # an address of the web
      | --[0-9a-f]{8}-                # an id
      | \b[0-9a-f]{32,}\b             # a hash or a token
      | \d{1,3}(?:\.\d{1,3}){3}       # an address of the Internet
      | \+?\d[\d ()./-]{5,}\d         # a telephone number
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """What an object must say, or must not (``is_excluded``): these words one after another, the last maybe begun only."""

    words: tuple[str, ...]
    is_beginning: bool = False
    is_excluded: bool = False

    @property
    def spelled(self) -> str:
        """Give it in its one spelling."""
        words = " ".join(self.words)
        quoted = words if len(self.words) == 1 else f'"{words}"'
        return f"{'-' if self.is_excluded else ''}{quoted}{'*' if self.is_beginning else ''}"

    def fits(self, words: list[str]) -> bool:
        """Whether these words, in order, say it; nothing is asked of ``is_excluded``."""
        *first, last = self.words
        stretches = (words[place : place + len(self.words)] for place in range(len(words) - len(first)))
        return any(one[:-1] == first and self._ends(one[-1], last) for one in stretches)

    def _ends(self, word: str, last: str) -> bool:
        return word.startswith(last) if self.is_beginning else word == last


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is searched for: every term has to fit. At least one of them is not excluded."""

    terms: tuple[Term, ...]

    @property
    def spelled(self) -> str:
        """Give it in its one spelling: whoever asks the same in other words asks the same."""
        return " ".join(one.spelled for one in self.terms)

    def expression(self, also: Callable[[Term], list[str]]) -> str:
        """Give it as storage takes it: JSON of terms, each a list of alternatives, that of ``also`` (codes) among them."""
        return json.dumps(
            [
                {
                    "not": term.is_excluded,
                    "any": [[list(term.words), term.is_beginning], *([fold_words(code), False] for code in also(term))],
                }
                for term in self.terms
            ],
            separators=(",", ":"),
        )


def any_of(words: Iterable[str]) -> str:
    """Give the expression of what says one of these words, which are kept words as they are."""
    return json.dumps([{"not": False, "any": [[[word], False] for word in words]}], separators=(",", ":"))


def read_query(text: str) -> SearchQuery:
    """Give the query that a text (anything that somebody typed) is.

    Raises:
        MalformedInputError: it is too long, says nothing that is looked for, or asks for a person; it is not repeated.
    """
    if len(text) > LONGEST_QUERY:
        raise MalformedInputError(f"A search has at most {LONGEST_QUERY} characters.")
    if _PERSONAL.search(text):
        sentence = "This looks like an address, a number, a hash or an id: ask for it by POST /search/observable."
        raise MalformedInputError(sentence)
    terms = list(dict.fromkeys(term for found in _TERM.finditer(text) for term in _terms(*found.groups())))
    if len(terms) > MOST_TERMS:
        raise MalformedInputError(f"A search has at most {MOST_TERMS} words and phrases.")
    if all(one.is_excluded for one in terms):
        raise MalformedInputError("A search names at least one word that it looks for.")
    return SearchQuery(tuple(terms))


def _terms(minus: str, phrase: str | None, bare: str | None, star: str) -> list[Term]:
    text = phrase if bare is None else bare
    is_beginning = bool(star) or (bare is not None and bare.endswith("*"))
    words = tuple(fold_words(text or ""))
    if not words:
        return []
    if is_beginning and len(words[-1]) < SHORTEST_BEGINNING:
        raise MalformedInputError(f"A beginning has at least {SHORTEST_BEGINNING} characters.")
    return [Term(words, is_beginning, bool(minus))]
