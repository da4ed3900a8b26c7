"""``log check`` and ``log accept-loss``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from tests.cli.desk import run


@pytest.fixture
def environment(tmp_path: Path, sqlite_url: str) -> dict[str, str]:
    settings = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    assert run("init", environment=settings).exit_code == 0
    return settings


def change(environment: dict[str, str], *statements: str) -> None:
    path = environment["BREAKWATER_DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def test_a_log_that_fits_is_told_with_what_was_looked_at(environment: dict[str, str]) -> None:
    checked = run("log", "check", environment=environment)
    assert checked.exit_code == 0
    assert "Everything fits." in checked.stdout
    document = json.loads(run("log", "check", "--json", environment=environment).stdout)
    assert document["findings"] == []
    assert document["tree_size"] == document["checked"]["log_statement"] > 0


def test_what_does_not_fit_is_named_and_told_by_the_exit_code(environment: dict[str, str]) -> None:
    change(environment, "UPDATE log_statement SET document = 'a secret' WHERE log_index = 0")
    checked = run("log", "check", environment=environment)
    assert checked.exit_code == ExitCode.REFUSED
    assert "log_leaf 0 does not commit to its row" in checked.stdout
    assert "secret" not in checked.output
    document = json.loads(run("log", "check", "--json", environment=environment).stdout)
    assert {"where": "log_leaf 0", "what": "does not commit to its row (key-event)"} in document["findings"]


def test_without_a_loss_there_is_nothing_to_accept(environment: dict[str, str]) -> None:
    refused = run("log", "accept-loss", "--tree-size", 3, environment=environment)
    assert refused.exit_code == ExitCode.REFUSED
    assert "no loss" in refused.stderr


def test_a_loss_is_told_and_accepted_only_by_its_size(environment: dict[str, str], tmp_path: Path) -> None:
    assert run("log", "accept-loss", environment=environment).exit_code == ExitCode.REFUSED  # which keeps a first checkpoint
    assert (tmp_path / "checkpoint").exists()
    change(environment, "UPDATE position_counter SET read_only = 'log-behind'")
    document = json.loads(run("log", "check", "--json", environment=environment).stdout)
    refused = run("log", "accept-loss", environment=environment, given=b"9999\n")
    assert refused.exit_code == ExitCode.REFUSED
    size = str(document["tree_size"])
    accepted = run("log", "accept-loss", environment=environment, given=f"{size}\n".encode())
    assert accepted.exit_code == 0, accepted.output
    assert "Accepted, and logged." in accepted.stdout
    assert run("log", "accept-loss", environment=environment).exit_code == ExitCode.REFUSED


def test_an_exchange_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert run("log", "check", environment={"BREAKWATER_HOME": str(tmp_path)}).exit_code != 0
