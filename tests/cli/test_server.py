"""What ``serve`` asks before it serves, and how it serves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from app.__main__ import workshop
from app.cli.faults import ExitCode
from app.cli.initialise import make_exchange_keys
from tests.cli.desk import run

ROOT = Path(__file__).parents[2]


def test_an_exchange_that_was_not_initialised_is_not_served(tmp_path: Path, sqlite_url: str) -> None:
    environment = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    make_exchange_keys(workshop().settings(environment), None)
    refused = run("serve", environment=environment)
    assert refused.exit_code == ExitCode.REFUSED
    assert "breakwater init" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "settings"), [(["--bind", "nowhere"], {}), (["--workers", "0"], {}), ([], {"BREAKWATER_LOG_LEVEL": "loud"})]
)
def test_unfit_settings_are_refused_before_anything_starts(
    tmp_path: Path, arguments: list[str], settings: dict[str, str]
) -> None:
    refused = run("serve", *arguments, environment={"BREAKWATER_HOME": str(tmp_path), **settings})
    assert refused.exit_code == ExitCode.USAGE


# What the master wants to do after serving must not be done by its workers.
SERVER = """
import os
from app.__main__ import workshop
from app.cli.gunicorn_server import Serving
from app.cli.server import run_server
try:
    run_server(Serving(workshop(), os.environ, lambda url: print("ready:", url, flush=True), "error"))
finally:
    print("tidied up", flush=True)
"""


def test_a_server_replaces_a_dead_worker_and_tidies_up_once_at_the_end(tmp_path: Path) -> None:
    settings = {"HOME": str(tmp_path / "home"), "LOG_LEVEL": "error", "BIND": "127.0.0.1:0", "WORKERS": "1"}
    environment = os.environ | {f"BREAKWATER_{name}": value for name, value in settings.items()}
    assert run("init", environment=environment).exit_code == 0
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout
        url = process.stdout.readline().removeprefix("ready: ").strip()
        try:
            assert requests.get(f"{url}/readyz", timeout=30).json() == {"status": "ok"}
            [worker] = children(process.pid)
            os.kill(worker, signal.SIGTERM)
            wait_for(lambda: children(process.pid) not in ([], [worker]))
            assert requests.get(f"{url}/api/v1/exchange", timeout=30).json()["keyid"]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout.read() == "tidied up\n"


def test_serve_says_where_it_listens(tmp_path: Path) -> None:
    environment = os.environ | {"BREAKWATER_HOME": str(tmp_path / "home"), "BREAKWATER_LOG_LEVEL": "warning"}
    assert run("init", environment=environment).exit_code == 0
    command = [sys.executable, "-m", "app", "serve", "--bind", "127.0.0.1:0", "--workers", "1", "--threads", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("ready: http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
