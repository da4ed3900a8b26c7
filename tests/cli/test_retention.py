"""``retention sweep``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.retention import _tell
from app.services.retention.sweep import Due, Preview
from tests.cli.desk import run


def test_it_says_what_it_would_do_and_what_it_did(tmp_path: Path, sqlite_url: str) -> None:
    environment = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    assert run("init", environment=environment).exit_code == 0
    dry = run("retention", "sweep", "--dry-run", environment=environment)
    assert (dry.exit_code, dry.stdout.strip()) == (0, "Nothing is past its time.")
    assert json.loads(run("retention", "sweep", "--dry-run", "--json", environment=environment).stdout) == {
        "due": [],
        "unjudged": False,
    }
    assert "erased: 0 at their end" in run("retention", "sweep", environment=environment).stdout
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("SELECT count(*) FROM erased_version").fetchone() == (0,)


def test_counts_are_by_type_and_owner_and_name_no_object(capsys: pytest.CaptureFixture[str]) -> None:
    _tell(Preview([Due("indicator", "owner", 3, 4)], unjudged=True))
    said = capsys.readouterr().out
    assert "indicator" in said
    assert "judged when the sweep runs" in said
