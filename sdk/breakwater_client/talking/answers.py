"""What an answer has to look like before anything is taken from it, and lists of pages that must come to an end.

Owns the shapes alone: whether what stands in them is true is ``verifying``'s. Kept by ``tests/client/talking/test_answers.py``.
"""

from __future__ import annotations

from typing import Any, TypeVar

from breakwater_client.errors import ExchangeAwayError

MOST_EMPTY = 10
"""So many pages in a row may be empty and say that there is more; this exchange gives none."""

MOST_OF_A_CURSOR = 4_096
"""So many characters a cursor has at most; each is kept, remembered, and sent back in an address."""

Kind = TypeVar("Kind")


def member(answer: object, name: str, kind: type[Kind]) -> Kind:
    """Give a member of an answer, which is of this kind.

    Raises:
        ExchangeAwayError: it is not there, or of another kind.
    """
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, kind):
        raise ExchangeAwayError("The answer is none to this request: is this the address of an exchange?", told="no-exchange")
    return value


def objects_in(answer: object, name: str) -> list[dict[str, Any]]:
    """Give a member that is a list of objects; raises as ``member``."""
    return [member({"one": one}, "one", dict) for one in member(answer, name, list)]


def is_cursor(value: object) -> bool:
    """Whether a value can be sent back as where a list goes on: some ASCII characters that are seen, and not too many.

    Others would go wrong each time that they are sent, and so hold a list up for ever whose place is kept; an empty one would
    begin it anew.
    """
    return isinstance(value, str) and 0 < len(value) <= MOST_OF_A_CURSOR and value.isascii() and value.isprintable()


class Progress:
    """Where a list of pages goes on, so that one which never ends or goes back is refused."""

    def __init__(self, start: str | None) -> None:
        """Begin at a cursor; None: at the beginning."""
        self._seen = {start}
        self._has_begun = start is not None
        self._empty = 0

    def check(self, following: str | None, *, count: int, more: bool) -> None:
        """Return if a page of so many, which says how to go on, may be one of a list that ends.

        Raises:
            ExchangeAwayError: it leads to where the list was before, to its beginning, or again to nothing; or it is no cursor.
        """
        self._empty = 0 if count or not more else self._empty + 1
        goes_on = self._empty <= MOST_EMPTY and not (more and following in self._seen)
        if not goes_on or not (is_cursor(following) or (following is None and not self._has_begun)):
            sentence = "The answer is no page of a list that goes on: nothing of it is kept."
            raise ExchangeAwayError(sentence, told="no-exchange")
        self._seen.add(following)
        self._has_begun = self._has_begun or following is not None
