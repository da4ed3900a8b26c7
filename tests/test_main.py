"""The wiring of the command line and of the WSGI entry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug.test import Client

from app import __main__ as entry
from app.cli.faults import SettingsRefusedError
from app.config.key_files import DEVELOPMENT_MARKER
from app.jobs.poller import Pollers, keep_checkpoint
from app.services.exchange import Exchange
from tests.cli.desk import run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An initialised exchange, which the environment names."""
    for name, value in {"HOME": str(tmp_path / "home"), "LOG_LEVEL": "error"}.items():
        monkeypatch.setenv(f"BREAKWATER_{name}", value)
    assert run("init").exit_code == 0
    return tmp_path / "home"


def test_the_marker_of_development_keys_is_the_one_that_settings_refuse() -> None:
    assert entry.workshop().development_marker == DEVELOPMENT_MARKER


@pytest.mark.usefixtures("home", "kept_hooks")
def test_a_wsgi_server_gets_the_application_of_the_environment() -> None:
    assert Client(entry.application()).get("/livez").json == {"status": "ok"}


def test_an_exchange_without_its_keys_is_refused_in_one_line(home: Path) -> None:
    (home / "keys" / "signing.pem").unlink()
    with pytest.raises(SettingsRefusedError, match="breakwater init"):
        entry.workshop().exchange({"BREAKWATER_HOME": str(home)})


def test_a_key_file_that_is_none_is_refused_in_one_line(home: Path) -> None:
    (home / "keys" / "signing.pem").write_text("no key")
    with pytest.raises(SettingsRefusedError, match="not usable"):
        entry.workshop().exchange({"BREAKWATER_HOME": str(home)})


def test_work_runs_until_it_is_stopped(home: Path) -> None:
    exchange: Exchange = entry.workshop().exchange({"BREAKWATER_HOME": str(home)})
    work = entry.workshop().work({"BREAKWATER_HOME": str(home)}, exchange)
    work.stop()
    exchange.database.dispose()


def test_a_server_leaves_the_work_to_others_where_it_is_told_to(home: Path) -> None:
    exchange: Exchange = entry.workshop().exchange({"BREAKWATER_HOME": str(home)})
    work = entry.workshop().work({"BREAKWATER_HOME": str(home), "BREAKWATER_WORK": "elsewhere"}, exchange)
    assert isinstance(work, Pollers)
    assert [one._step for one in work.running] == [keep_checkpoint]
    work.stop()
    exchange.database.dispose()


@pytest.mark.parametrize("command", [["-m", "app"], ["-c", "from app.__main__ import main; main()"]])
def test_the_command_line_runs_as_a_module_and_as_a_script(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command, "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("breakwater, version ")
