"""``db backup`` and ``db restore``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.backups import _tell
from app.cli.faults import ExitCode
from app.services.retention.back_up import Manifest
from app.services.retention.restore import Restored
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
    _tell(Restored(manifest, tree_size=5, published=9, erased_again=2))
    said = capsys.readouterr().out
    assert "2 versions were erased once more" in said
    assert "4 leaves of the log were published" in said
    assert "log accept-loss" in said
