"""What the tests of commands share: one exchange for each module, and one sandbox and one demo for all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.talking import connection
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner, running_exchange


@pytest.fixture(autouse=True)
def _apart_from_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the machine's own settings away, and wait for nothing longer than a test has to."""
    monkeypatch.setattr(connection, "_FIRST_WAIT_SECONDS", 0.001)
    for name in ("URL", "TOKEN", "HOME", "MODE", "DATABASE_URL", "BIND"):
        monkeypatch.delenv(f"BREAKWATER_{name}", raising=False)


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An exchange on SQLite, answering over HTTP."""
    database = shutil.copy(sqlite_template, tmp_path_factory.mktemp("desk") / "breakwater.db")
    with running_exchange(f"sqlite:///{database}") as running, loopback_server(running.app) as url:
        yield Desk(url, running)


@pytest.fixture(scope="module")
def operator(desk: Desk) -> Caller:
    """Its operator."""
    return desk.running.operator


@pytest.fixture(scope="module")
def platform(desk: Desk) -> FakePartner:
    """A partner that shares with everybody by default."""
    return desk.running.enrol("Platform A")


@pytest.fixture(scope="module")
def hotline(desk: Desk) -> FakePartner:
    """Another one."""
    return desk.running.enrol("Hotline A")


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``breakwater demo --no-serve`` left behind: its folder, with what it printed in ``output.txt``."""
    folder = tmp_path_factory.mktemp("demo") / "exchange"
    command = [sys.executable, "-m", "app", "demo", "--no-serve", "--dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "output.txt").write_text(done.stdout)
    return folder


@pytest.fixture(scope="session")
def demo_output(demo_folder: Path) -> str:
    """What the demo printed."""
    return (demo_folder / "output.txt").read_text()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A place for a file of objects."""
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--b4b9c1f0-2f1a-4c7a-9e55-0a7a3f6f0d11", "objects": []}))
    return path
