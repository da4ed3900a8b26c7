from __future__ import annotations

import pytest

from app.domain.vocabulary import Role
from tests.factories.members import Hub, Member


@pytest.fixture
def agency(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Agency", role=Role.LAW_ENFORCEMENT)


@pytest.fixture
def platform(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Platform A")
