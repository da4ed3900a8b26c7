"""Long lists in pieces."""

from __future__ import annotations

import pytest

from app.storage.batches import batches


@pytest.mark.parametrize("count", [1, 4_999, 5_000, 5_001, 12_345])
def test_all_values_come_in_their_order(count: int) -> None:
    assert [one for some in batches(range(count)) for one in some] == list(range(count))


@pytest.mark.parametrize("count", [1, 5_000, 70_000])
def test_no_batch_has_more_values_than_a_statement_of_sqlite_may_carry(count: int) -> None:
    assert all(0 < len(some) < 32_766 for some in batches(range(count)))


def test_no_values_make_no_batch() -> None:
    assert list(batches([])) == []


def test_values_that_can_be_read_once_are_enough() -> None:
    assert list(batches(letter for letter in "ab")) == [["a", "b"]]
