"""What is composed: the order of its handlings, and its objects."""

from __future__ import annotations

from app.domain.composed import Composed, Made, Tier
from app.domain.vocabulary import Sensitivity


def test_handlings_are_ordered_from_the_widest_to_the_narrowest() -> None:
    assert [each.rank for each in (Tier.SHARED, Tier.RESTRICTED, Tier.PROTECTED)] == [0, 1, 2]


def test_the_objects_are_given_in_the_order_in_which_they_are_sent() -> None:
    made = [Made({"id": str(number)}, "", Tier.SHARED, Sensitivity.AGGREGATE, "") for number in range(3)]
    assert [one["id"] for one in Composed(tuple(made)).objects] == ["0", "1", "2"]
    assert Composed().objects == []
