"""An agency's own book: which interest is which, by order, and never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import MalformedInputError
from app.services.offline.interest_book import Page, check_book, enter, new_book, with_labels

MADE = [{"id": "one"}, {"id": "two"}]


def test_interests_are_entered_by_the_order_of_their_tokens() -> None:
    book = new_book()
    enter(book, MADE, 2, Page("tokens.json", ["case 7", None, "case 9"]))
    enter(book, [{"id": "three"}], 1, Page("tokens.json", ["case 7", None, "case 9"], 2))
    check_book(book)
    rows = with_labels([{"interest_id": one} for one in ("three", "two", "strange")], "interest_id", [book])
    assert rows == [
        {"interest_id": "three", "label": "case 9", "number": 3, "tokens": "tokens.json"},
        {"interest_id": "two", "label": None, "number": 2, "tokens": "tokens.json"},
        {"interest_id": "strange"},
    ]


def test_a_file_of_tokens_of_an_earlier_version_has_no_labels_and_its_numbers_count() -> None:
    book = new_book()
    enter(book, MADE, 2, Page("tokens.json", []))
    assert book["interests"]["two"] == {"label": None, "number": 2, "tokens": "tokens.json"}


def test_of_an_answer_with_fewer_interests_than_tokens_nothing_is_entered() -> None:
    book = new_book()
    with pytest.raises(MalformedInputError):
        enter(book, MADE, 3, Page("tokens.json", []))
    assert book == new_book()


@pytest.mark.parametrize(
    "document",
    [{}, {"type": "interest-book", "interests": []}, {"type": "interest-book", "interests": {"a": {}}}, {"interests": {}}],
)
def test_what_is_no_book_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(MalformedInputError):
        check_book(document)
