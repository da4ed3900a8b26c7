from __future__ import annotations

import pytest

from app.storage.filters import Filters, Shape, Versions, conditions, parameters
from app.storage.tables import object_version


@pytest.mark.parametrize("filters", [Filters(), Filters(stix_ids=frozenset(), types=frozenset(), facets=())])
def test_filters_that_say_nothing_take_nothing_away(filters: Filters) -> None:
    assert list(conditions(Shape.of(filters), object_version.c.added_at)) == []
    assert parameters(filters) == {}


def test_which_version_is_the_last_is_asked_elsewhere() -> None:
    assert list(conditions(Shape.of(Filters(versions=Versions(last=True))), object_version.c.added_at)) == []


def test_equal_filters_are_one_key() -> None:
    filters = [Filters(types=frozenset({"url", "tool"}), versions=Versions(keys=frozenset({"b", "a"}))) for _ in range(2)]
    assert len(set(filters)) == 1
    assert len({Shape.of(one) for one in filters}) == 1


def test_the_same_filters_with_other_values_are_one_shape_and_bind_their_values() -> None:
    one, other = Filters(minimum_confidence=0, types=frozenset({"url"})), Filters(minimum_confidence=9, types=frozenset({"tool"}))
    assert Shape.of(one) == Shape.of(other)
    assert parameters(one) == {"minimum_confidence": 0, "types": ["url"]}
    assert len(list(conditions(Shape.of(one), object_version.c.added_at))) == 2
