"""Answers of a shape that no exchange gives, and lists that never end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from breakwater_client.errors import ExchangeAwayError
from breakwater_client.talking.answers import MOST_EMPTY, MOST_OF_A_CURSOR, Progress, is_cursor, member, objects_in
from tests.factories.scripted_exchange import NO_CURSORS


@pytest.mark.parametrize("answer", [None, [], "a", {}, {"one": None}, {"one": [1]}, {"one": 5}])
def test_what_has_another_shape_is_told_as_no_exchange(answer: Any) -> None:
    with pytest.raises(ExchangeAwayError) as caught:
        objects_in(answer, "one")
    assert caught.value.told == "no-exchange"
    assert objects_in({"one": [{}]}, "one") == [{}]
    assert member({"one": False}, "one", bool) is False


Page = tuple[str | None, int, bool]


@pytest.mark.parametrize(
    ("start", "pages"),
    [
        (None, [("a", 0, True), ("b", 0, True), ("a", 0, True)]),
        (None, [("a", 1, True), ("b", 1, True), ("a", 1, True)]),
        (None, [("a", 1, True), ("a", 1, True)]),
        ("a", [("a", 1, True)]),
        (None, [(None, 1, True)]),
        ("a", [(None, 1, False)]),
        (None, [("a", 1, True), (None, 0, False)]),
        (None, [(str(number), 0, True) for number in range(MOST_EMPTY + 1)]),
    ],
    ids=["round", "round with objects", "still", "still where it began", "no cursor", "back", "back later", "nothing for ever"],
)
def test_a_list_that_never_ends_or_goes_back_is_refused_at_that_page(start: str | None, pages: Sequence[Page]) -> None:
    progress = Progress(start)
    for following, count, more in pages[:-1]:
        progress.check(following, count=count, more=more)
    with pytest.raises(ExchangeAwayError):
        progress.check(pages[-1][0], count=pages[-1][1], more=pages[-1][2])


@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("cursor", NO_CURSORS.values(), ids=NO_CURSORS)
def test_a_place_that_could_never_be_asked_for_is_refused_before_anybody_keeps_it(cursor: str, more: bool) -> None:  # noqa: FBT001  # a table of both
    with pytest.raises(ExchangeAwayError):
        Progress(None).check(cursor, count=1, more=more)
    assert is_cursor("a" * MOST_OF_A_CURSOR)


def test_a_list_that_ends_is_taken_and_one_that_has_nothing_new() -> None:
    progress = Progress(None)
    for number in range(3 * MOST_EMPTY):
        progress.check(str(number), count=number % 5, more=True)
    progress.check("the end", count=0, more=False)
    Progress("the end").check("the end", count=0, more=False)
    Progress(None).check(None, count=0, more=False)
