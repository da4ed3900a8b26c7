"""An agency's own book of its interests: which of its labels and numbers each interest is of, kept on its own machine alone.

The exchange knows an interest by an id and the digest of a token. What the agency calls it would tell the exchange, and whoever
gets its database, what is looked into, sealed or not: so it never leaves. A book holds no identifier and no token. Reads and
writes no files. Kept by ``tests/services/offline/test_interest_book.py``; decision 55.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import MalformedInputError

TYPE = "interest-book"
_NO_BOOK = "This is no book of your interests, as `deconfliction register` writes it."
_OWN = ("label", "number", "tokens")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Where interests come from: a file of tokens by its name, its labels in order, and how many were registered before these."""

    tokens: str
    labels: Sequence[str | None]
    before: int = 0


def new_book() -> Document:
    """Give an empty book."""
    return {"type": TYPE, "interests": {}}


def check_book(document: Mapping[str, Any]) -> None:
    """Let pass what is a book; raises ``MalformedInputError`` otherwise."""
    entries = document.get("interests")
    if document.get("type") != TYPE or not isinstance(entries, dict):
        raise MalformedInputError(_NO_BOOK)
    if not all(isinstance(one, dict) and one.keys() == set(_OWN) for one in entries.values()):
        raise MalformedInputError(_NO_BOOK)


def enter(book: Document, interests: Sequence[Mapping[str, Any]], asked: int, page: Page) -> None:
    """Enter interests that the exchange answered to ``asked`` tokens, in their order; again under one id is entered anew.

    Raises:
        MalformedInputError: it answered with more or fewer, so that nobody knows which is which; nothing is entered.
    """
    if len(interests) != asked:
        raise MalformedInputError("The exchange answered with other interests than were registered: register them again.")
    for place, one in enumerate(interests, page.before):
        label = page.labels[place] if place < len(page.labels) else None
        book["interests"][str(one["id"])] = {"label": label, "number": place + 1, "tokens": page.tokens}


def with_labels(rows: Iterable[Mapping[str, Any]], member: str, books: Iterable[Mapping[str, Any]]) -> list[Document]:
    """Give rows that name an interest by ``member``, each with its label, number and file of tokens if a book has it."""
    known: Document = {}
    for book in books:
        known |= book["interests"]
    return [dict(row) | known.get(row[member], {}) for row in rows]
