"""The two data-protection persons of these tests."""

from __future__ import annotations

import pytest

from tests.factories.members import Hub
from tests.factories.subject_requests import Office


@pytest.fixture
def office(quick_hub: Hub) -> Office:
    return Office(quick_hub)
