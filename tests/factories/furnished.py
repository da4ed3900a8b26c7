"""Fixtures for tests of what answers over HTTP: one exchange for each test, most of them copies of one that has partners."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories.exchanges import FakePartner, Furnished, RunningExchange, running_exchange


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """What ``running`` is copied from."""
    return Furnished.make(Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("furnished") / "breakwater.db")))


@pytest.fixture
def running(furnished: Furnished, tmp_path: Path) -> Iterator[RunningExchange]:
    """An exchange on SQLite with the partners ``platform`` and ``hotline``."""
    with furnished.copy(tmp_path / "furnished.db") as running:
        yield running


@pytest.fixture
def platform(running: RunningExchange, furnished: Furnished) -> FakePartner:
    """A platform that shares with everybody by default."""
    assert running.app is furnished.running.app
    return replace(furnished.partners[0])


@pytest.fixture
def hotline(running: RunningExchange, furnished: Furnished) -> FakePartner:
    """A hotline that does the same."""
    assert running.app is furnished.running.app
    return replace(furnished.partners[1])


@pytest.fixture
def empty(sqlite_url: str) -> Iterator[RunningExchange]:
    """An exchange on SQLite without partners, with an application of its own."""
    with running_exchange(sqlite_url, new_application=True) as running:
        yield running


@pytest.fixture
def running_on_both(database_url: str) -> Iterator[RunningExchange]:
    """An exchange without partners: the test runs once on SQLite and once on PostgreSQL."""
    with running_exchange(database_url) as running:
        yield running
