"""Patience: over after a time and some askings, remembered over restarts, and never served by a clock or a full disk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from breakwater_client.witnessing.patience import UNANSWERED, Patience, answered, begun_with, is_over, is_unanswered
from tests.factories.directories import NOW
from tests.factories.memory_shelves import MemoryShelf

MINUTE = timedelta(minutes=1)
PATIENCE = Patience(10 * MINUTE, 3)


def over(shelf: MemoryShelf, minutes: float, about: str = "a", mark: str = "m") -> bool:
    return is_over(shelf, mark, about, NOW + minutes * MINUTE, PATIENCE)


def test_it_is_over_after_the_time_and_so_many_askings() -> None:
    shelf = MemoryShelf()
    assert [over(shelf, one) for one in (0, 20, 21, 22)] == [False, False, True, True]
    shelf = MemoryShelf()
    assert [over(shelf, one) for one in (0, 1, 2, 3, 9.9, 10)] == [False] * 5 + [True]


def test_of_something_else_or_after_an_answer_it_begins_anew() -> None:
    shelf = MemoryShelf()
    assert [over(shelf, one) for one in (0, 6, 12)] == [False, False, True]
    assert not over(shelf, 13, mark="n")
    assert [over(shelf, one, "b") for one in (14, 20, 25)] == [False, False, True]
    answered(shelf, "m")
    assert not over(shelf, 26, "b")


def test_a_clock_that_was_ahead_makes_it_begin_now() -> None:
    shelf = MemoryShelf()
    assert [over(shelf, one) for one in (10_000, 0, 1, 10)] == [False, False, False, True]


@pytest.mark.parametrize(
    "damaged", [b"", b"[]", b"\xff", b'{"m": 1}', b'{"m": {"about": "a", "since": "?", "times": 1}}', b'{"m": {"about": "a"}}']
)
def test_what_is_damaged_begins_anew(damaged: bytes) -> None:
    shelf = MemoryShelf({UNANSWERED: damaged})
    assert [over(shelf, one) for one in (0, 6, 12)] == [False, False, True]


def test_who_cannot_remember_does_not_wait() -> None:
    assert over(MemoryShelf(full=True), 0)


def test_with_what_it_began_is_remembered_until_it_is_answered() -> None:
    shelf = MemoryShelf()
    over(shelf, 0)
    assert begun_with(shelf, "m", "first") == "first"
    over(shelf, 6)
    assert begun_with(shelf, "m", "second") == "first"
    over(shelf, 6, "b")
    assert begun_with(shelf, "m", "third") == "third", "of something else it begins anew"
    answered(shelf, "m")
    assert begun_with(shelf, "m", "fourth") == "fourth"
    assert begun_with(MemoryShelf(full=True), "m", "first") is None
    assert begun_with(MemoryShelf({UNANSWERED: b'{"m": [1]}'}), "m", "first") == "first"


def test_what_was_asked_in_vain_is_known_until_it_is_answered() -> None:
    shelf = MemoryShelf()
    assert not is_unanswered(shelf, "m")
    over(shelf, 0)
    assert (is_unanswered(shelf, "m"), is_unanswered(shelf, "n")) == (True, False)
    answered(shelf, "m")
    assert not is_unanswered(shelf, "m")
