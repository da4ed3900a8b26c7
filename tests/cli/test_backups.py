"""``db backup`` and ``db restore``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.backups import _tell
from app.cli.faults import ExitCode
from app.services.retention.back_up import Manifest
from app.services.retention.find_lost import Lost
from app.services.retention.restore import Restored
from app.storage.taken_away import TakenAway
from tests.cli.desk import run


@pytest.fixture
def environment(tmp_path: Path, sqlite_url: str) -> dict[str, str]:
    settings = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    assert run("init", environment=settings).exit_code == 0
    return settings


def test_a_backup_is_made_and_brought_back(environment: dict[str, str], tmp_path: Path) -> None:
    made = run("db", "backup", tmp_path / "backup", environment=environment)
    assert made.exit_code == 0, made.output
    assert "backup.manifest.json" in made.stdout
    again = run("db", "backup", tmp_path / "backup", environment=environment)
    assert again.exit_code == ExitCode.REFUSED
    refused = run("db", "restore", tmp_path / "backup", environment=environment)
    assert refused.exit_code == ExitCode.REFUSED
    assert "--replace" in refused.stderr
    assert run("operator", "add", "Another", environment=environment).exit_code == 0
    assert "Another" in run("staff", "list", environment=environment).stdout
    restored = run("db", "restore", tmp_path / "backup", "--replace", "--json", environment=environment)
    assert restored.exit_code == 0, restored.output
    document = json.loads(restored.stdout)
    assert (document["lost"], document["erased_again"]) == (0, 0)
    assert "Another" not in run("staff", "list", environment=environment).stdout
    assert "0 versions were erased" in run("db", "restore", tmp_path / "backup", "--replace", environment=environment).stdout


def test_a_loss_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    manifest = Manifest("e", "sqlite", "0016", "2026-03-01T12:00:00Z", 5, None, 1, "00")
    withdrawn = (TakenAway("owner", "indicator--1", "2026-03-01T12:00:00.000Z"),)
    replaced = Lost(accept=True, tree_size=10, published=9, withdrawn=withdrawn)
    _tell(Restored(manifest, tree_size=5, published=9, erased_again=2, replaced=replaced), Path("lost.json"))
    said = capsys.readouterr().out
    assert "2 versions were erased once more" in said
    assert "5 leaves of the log were published, or in the database" in said
    assert "undone: 1 withdrawn." in said
    assert "lost.json" in said
    assert "log accept-loss" in said


def test_what_would_undo_a_revocation_is_not_served_before_that_is_accepted(environment: dict[str, str], tmp_path: Path) -> None:
    assert run("db", "backup", tmp_path / "backup", environment=environment).exit_code == 0
    place = environment["BREAKWATER_DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("INSERT INTO event (event, at) VALUES ('credential:revoke', '2026-03-01 12:00:00.000000')")
    restored = run("db", "restore", tmp_path / "backup", "--replace", environment=environment)
    assert "undone: 1 credential:revoke." in restored.stdout
    assert "NOTHING IS SERVED" in restored.stdout
    assert len(list(tmp_path.glob("lost-*.json"))) == 1
    serving = environment | {"BREAKWATER_PUBLIC_ORIGIN": "https://exchange.example.org"}
    refused = run("serve", "--bind", "192.0.2.1:8000", environment=serving)
    assert refused.exit_code == ExitCode.REFUSED
    assert "log accept-loss" in refused.stderr
    size = json.loads(run("log", "check", "--json", environment=environment).stdout)["tree_size"]
    assert run("log", "accept-loss", "--tree-size", size, environment=environment).exit_code == 0
    served = run("serve", "--bind", "192.0.2.1:8000", environment=serving)
    assert served.exit_code == ExitCode.USAGE  # it gets as far as the address
