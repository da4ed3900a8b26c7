"""What ``serve`` asks before it serves, and how it serves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from app.__main__ import workshop
from app.cli.faults import ExitCode
from app.cli.initialise import make_exchange_keys
from tests.cli.desk import run


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


def test_a_server_answers_at_the_address_it_names_and_stops_gracefully(tmp_path: Path) -> None:
    environment = {**os.environ, "BREAKWATER_HOME": str(tmp_path / "home"), "BREAKWATER_LOG_LEVEL": "warning"}
    assert run("init", environment=environment).exit_code == 0
    command = [sys.executable, "-m", "app", "serve", "--bind", "127.0.0.1:0", "--workers", "2", "--threads", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline()
        try:
            assert line.startswith("ready: http://127.0.0.1:")
            url = line.removeprefix("ready: ").strip()
            assert requests.get(f"{url}/readyz", timeout=30).json() == {"status": "ok"}
            assert requests.get(f"{url}/api/v1/exchange", timeout=30).json()["keyid"]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout.read() == ""
