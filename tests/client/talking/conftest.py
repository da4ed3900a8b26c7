"""What the tests of what goes over the network share: an exchange that answers on this machine, and two partners of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.talking import connection
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner, running_exchange


@pytest.fixture(autouse=True)
def _without_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than a test has to."""
    monkeypatch.setattr(connection, "_FIRST_WAIT_SECONDS", 0.001)


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An exchange on SQLite, answering over HTTP."""
    database = shutil.copy(sqlite_template, tmp_path_factory.mktemp("desk") / "breakwater.db")
    with running_exchange(f"sqlite:///{database}") as running, loopback_server(running.app) as url:
        yield Desk(url, running)


@pytest.fixture(scope="module")
def platform(desk: Desk) -> FakePartner:
    """A partner that shares with everybody by default."""
    return desk.running.enrol("Platform A")


@pytest.fixture(scope="module")
def hotline(desk: Desk) -> FakePartner:
    """Another one."""
    return desk.running.enrol("Hotline A")
