"""Running exchanges for the tests of REST, one for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange, Wanted, running_exchange


@pytest.fixture
def running(sqlite_url: str) -> Iterator[RunningExchange]:
    """An exchange on SQLite."""
    with running_exchange(sqlite_url) as running:
        yield running


@pytest.fixture
def running_on_both(database_url: str) -> Iterator[RunningExchange]:
    """An exchange: the test runs once on SQLite and once on PostgreSQL."""
    with running_exchange(database_url) as running:
        yield running


@pytest.fixture
def platform(running: RunningExchange) -> FakePartner:
    """A partner that shares with everybody by default."""
    return running.enrol("Platform A")


@pytest.fixture
def hotline(running: RunningExchange) -> FakePartner:
    """Another one."""
    return running.enrol("Hotline A", Wanted())
