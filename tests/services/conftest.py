"""Exchanges for the tests of services. What they are made of is in ``tests/factories/members.py``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.databases import PostgresServer
from tests.factories.members import Hub, Member, hub_on_a_copy, started_hub


@pytest.fixture(scope="session")
def started_on_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Hub, Path]:
    """An exchange that was started, and its file, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("started") / "breakwater.db"))
    with started_hub(f"sqlite:///{path}") as hub:
        pass
    return hub, path


@pytest.fixture(scope="session")
def started_on_postgres(postgres: PostgresServer, postgres_template: str) -> Iterator[tuple[Hub, str]]:
    """The same on PostgreSQL, and the URL of its database."""
    with postgres.database(template=postgres_template) as url:
        with started_hub(url) as hub:
            pass
        yield hub, url


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest) -> Iterator[Hub]:
    """A started exchange, on SQLite and on PostgreSQL: for what depends on the database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("quick_hub")
        return
    started, template = request.getfixturevalue("started_on_postgres")
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database(template=template) as url, hub_on_a_copy(started, url) as hub:
        yield hub


@pytest.fixture
def quick_hub(started_on_sqlite: tuple[Hub, Path], tmp_path: Path) -> Iterator[Hub]:
    """A started exchange on SQLite alone: for what the services themselves decide."""
    started, template = started_on_sqlite
    with hub_on_a_copy(started, f"sqlite:///{shutil.copy(template, tmp_path / 'breakwater.db')}") as hub:
        yield hub


@pytest.fixture
def publisher(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Platform A")


@pytest.fixture
def other(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Platform B", jurisdiction="GB")
