"""What an exchange signs as its own words."""

from __future__ import annotations

from typing import Any

import pytest

from breakwater_client.stated_objects import is_stated_by_exchanges


@pytest.mark.parametrize(
    ("value", "stated"),
    [
        ({"type": "recall-notice"}, True),
        ({"type": "attack-pattern"}, True),
        ({"type": "course-of-action"}, True),
        ({"type": "relationship", "relationship_type": "mitigates"}, True),
        ({"type": "relationship", "relationship_type": "uses"}, False),
        ({"type": "indicator", "relationship_type": "mitigates"}, False),
        ({"type": ["attack-pattern"]}, False),
        ({}, False),
    ],
)
def test_recalls_and_the_catalogue_are_stated_and_nothing_else(value: dict[str, Any], stated: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_stated_by_exchanges(value) is stated
