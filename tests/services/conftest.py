"""Exchanges for the tests of services. What they are made of is in ``tests/factories/members.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.members import Hub, Member, started_hub


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    """A started exchange, on SQLite and on PostgreSQL: for what depends on the database."""
    with started_hub(database_url) as hub:
        yield hub


@pytest.fixture
def quick_hub(sqlite_url: str) -> Iterator[Hub]:
    """A started exchange on SQLite alone: for what the services themselves decide."""
    with started_hub(sqlite_url) as hub:
        yield hub


@pytest.fixture
def publisher(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Platform A")


@pytest.fixture
def other(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Platform B", jurisdiction="GB")
