"""A witness that is killed -9 between its steps: what it cosigns next is what it kept, and what it kept is never behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from breakwater_client.trust.checkpoint import read_checkpoint
from tests.cli.desk import run
from tests.factories.lying_exchanges import LyingExchange, View


@pytest.fixture
def exchange() -> LyingExchange:
    return LyingExchange()


def killed_at(url: str, folder: Path, name: str) -> None:
    """Run one round in a process that is killed just before it writes the file of this name."""
    script = f"""
import os, signal, sys
from app.cli import folder_shelf
whole = folder_shelf.write_whole
def dying(path, content, *more):
    if path.name == {name!r}:
        os.kill(os.getpid(), signal.SIGKILL)
    whole(path, content, *more)
folder_shelf.write_whole = dying
from app.__main__ import workshop
from app.cli.commands import commands
commands(["witness", "run", {str(folder)!r}, "--once"], obj=workshop())
"""
    ended = subprocess.run([sys.executable, "-c", script], env=_environment(url), check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "BREAKWATER_URL": url, "BREAKWATER_TOKEN": "a"}


def once(url: str, folder: Path) -> int:
    told = run("witness", "run", folder, "--once", environment={"BREAKWATER_URL": url, "BREAKWATER_TOKEN": "a"})
    return told.exit_code


def sizes(exchange: LyingExchange) -> list[int]:
    return [read_checkpoint(note).size for _, note in exchange.taken]


@pytest.mark.parametrize("name", ["checkpoint", "cosigned", "delivered"])
def test_a_witness_that_is_killed_between_two_steps_goes_on(exchange: LyingExchange, tmp_path: Path, name: str) -> None:
    folder, log = exchange.witness(tmp_path / "a"), exchange.log(40)
    with exchange.served() as url:
        for size in (20, 30):
            exchange.views["a"] = View(log, size)
            killed_at(url, folder, name)
            assert once(url, folder) == 0
    assert sizes(exchange) == ([20, 20, 30, 30] if name == "delivered" else [20, 30])
    assert len(set(exchange.taken)) == 2  # what is handed in twice is the same


@pytest.mark.parametrize("name", ["cosigned", "delivered"])
def test_what_was_kept_before_a_kill_binds_after_it(exchange: LyingExchange, tmp_path: Path, name: str) -> None:
    """No fork is cosigned by a witness that forgot what it had cosigned, or was about to."""
    folder, log = exchange.witness(tmp_path / "a"), exchange.log(40)
    with exchange.served() as url:
        exchange.views["a"] = View(log, 30)
        killed_at(url, folder, name)
        exchange.views["a"] = View(exchange.log(40, log, 10), 30)
        assert once(url, folder) == ExitCode.FORKED
    assert [read_checkpoint(note).root for _, note in exchange.taken] == [log.tree(30).root()] * (name == "delivered")


def test_a_witness_that_is_killed_while_it_hands_in_hands_in_again(exchange: LyingExchange, tmp_path: Path) -> None:
    folder = exchange.witness(tmp_path / "a")
    exchange.views["a"] = View(exchange.log(40), 30)
    exchange.hold = threading.Event()
    with exchange.served() as url:
        script = (
            "from app.__main__ import workshop; from app.cli.commands import commands; "
            f"commands(['witness', 'run', {str(folder)!r}, '--once'], obj=workshop())"
        )
        with subprocess.Popen([sys.executable, "-c", script], env=_environment(url)) as process:
            assert exchange.arrived.wait(60)
            process.kill()
            process.wait(60)
        exchange.hold.set()
        assert once(url, folder) == 0
    assert sizes(exchange) == [30, 30]
    assert len(set(exchange.taken)) == 1
