"""The life of a worker: when it starts, what it says, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.__main__ import workshop
from app.cli.faults import ExitCode
from app.cli.initialise import make_exchange_keys
from app.services.exchange import utc_now
from app.storage import work
from app.storage.session import Database
from app.storage.tables import work as work_table
from tests.cli.desk import run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings of an exchange that was initialised."""
    settings = {"HOME": str(tmp_path / "home"), "LOG_LEVEL": "warning"}
    environment = os.environ | {f"BREAKWATER_{name}": value for name, value in settings.items()}
    assert run("init", environment=environment).exit_code == 0
    return environment


@contextmanager
def worker(environment: dict[str, str], *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "app", "worker", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"ready: {socket.gethostname()[:100]}:{process.pid}\n"
            yield process
        finally:
            process.kill()


def add_work(environment: dict[str, str]) -> Database:
    database = Database(f"sqlite:///{environment['BREAKWATER_HOME']}/breakwater.db")
    with database.write() as connection:
        work.add_work(connection, "release-embargoed", {}, utc_now() - timedelta(seconds=1))
    return database


def test_a_worker_does_what_is_due_and_ends_when_it_is_told_to(environment: dict[str, str]) -> None:
    database = add_work(environment)
    done = select(work_table.c.claimed_by).where(work_table.c.kind == "release-embargoed", work_table.c.state == "done")
    with worker(environment) as process:
        deadline = time.monotonic() + 20
        while True:
            with database.read() as connection:
                names = list(connection.execute(done).scalars())
            if names:
                break
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert names == [f"{socket.gethostname()[:100]}:{process.pid}"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    database.dispose()


def test_a_worker_of_other_lanes_leaves_prompt_work_alone(environment: dict[str, str]) -> None:
    database = add_work(environment)
    with worker(environment, "--lanes", "bulk=1") as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    with database.read() as connection:
        states = connection.execute(select(work_table.c.state).where(work_table.c.kind == "release-embargoed")).scalars()
        assert list(states) == ["waiting"]
    database.dispose()


def test_systemd_is_told_when_it_works_and_when_it_stops(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(20)
        with worker(environment | {"NOTIFY_SOCKET": str(tmp_path / "notify")}) as process:
            assert listening.recv(100) == b"READY=1"
            process.send_signal(signal.SIGTERM)
            assert listening.recv(100) == b"STOPPING=1"
            assert process.wait(30) == 0


def test_with_unfit_lanes_no_worker_starts(tmp_path: Path) -> None:
    refused = run("worker", "--lanes", "quick=1", environment={"BREAKWATER_HOME": str(tmp_path)})
    assert refused.exit_code == ExitCode.USAGE
    assert "BREAKWATER_WORK_THREADS" in refused.output


def test_for_an_exchange_that_was_not_initialised_no_worker_starts(tmp_path: Path, sqlite_url: str) -> None:
    environment = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    make_exchange_keys(workshop().settings(environment), None)
    refused = run("worker", environment=environment)
    assert refused.exit_code == ExitCode.REFUSED
    assert "breakwater init" in refused.output
