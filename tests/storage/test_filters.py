from __future__ import annotations

import pytest

from app.storage.filters import Filters, Versions, conditions
from app.storage.tables import object_version


@pytest.mark.parametrize("filters", [Filters(), Filters(stix_ids=frozenset(), types=frozenset(), facets=())])
def test_filters_that_say_nothing_take_nothing_away(filters: Filters) -> None:
    assert list(conditions(filters, object_version.c.added_at)) == []


def test_which_version_is_the_last_is_asked_elsewhere() -> None:
    assert list(conditions(Filters(versions=Versions(last=True)), object_version.c.added_at)) == []


def test_equal_filters_are_one_key() -> None:
    filters = [Filters(types=frozenset({"url", "tool"}), versions=Versions(keys=frozenset({"b", "a"}))) for _ in range(2)]
    assert len(set(filters)) == 1
