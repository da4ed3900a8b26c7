"""A partner that watches over its name, for the tests of each part of that."""

from __future__ import annotations

import pytest

from tests.factories.watched_names import WatchedName


@pytest.fixture
def scene() -> WatchedName:
    """Give a partner with one object and its receipt, and nothing wrong."""
    return WatchedName()
