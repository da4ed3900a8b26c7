"""``db migrate`` and ``db check``."""

from __future__ import annotations

import json
from pathlib import Path

from app.__main__ import workshop
from app.cli.faults import ExitCode
from app.cli.initialise import make_exchange_keys
from tests.cli.desk import run


def settings(home: Path, database_url: str) -> dict[str, str]:
    environment = {"BREAKWATER_HOME": str(home), "BREAKWATER_DATABASE_URL": database_url}
    make_exchange_keys(workshop().settings(environment), None)
    return environment


def test_an_empty_database_is_migrated_and_again_is_no_error(tmp_path: Path, empty_database_url: str) -> None:
    environment = settings(tmp_path, empty_database_url)
    before = run("db", "check", environment=environment)
    assert before.exit_code == ExitCode.REFUSED
    assert "breakwater db migrate" in before.stderr
    assert run("db", "migrate", environment=environment).exit_code == 0
    assert json.loads(run("db", "migrate", "--json", environment=environment).stdout) == {"migrated": True}
    after = run("db", "check", environment=environment)
    assert "breakwater init" in after.stderr


def test_an_exchange_that_could_serve_is_said_to_be_ready(tmp_path: Path, sqlite_url: str) -> None:
    environment = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    assert run("init", environment=environment).exit_code == 0
    assert json.loads(run("db", "check", "--json", environment=environment).stdout) == {"ready": True}


def test_a_database_that_is_away_is_told_by_the_exit_code(tmp_path: Path) -> None:
    environment = settings(tmp_path, "postgresql://nobody@127.0.0.1:1/nothing")
    assert run("db", "check", environment=environment).exit_code == ExitCode.UNAVAILABLE
    away = run("db", "migrate", environment=environment)
    assert away.exit_code == ExitCode.UNAVAILABLE
    assert away.stderr.count("\n") == 1


def test_the_grants_of_a_role_are_printed_and_run_only_when_asked_for(tmp_path: Path, postgres_url: str) -> None:
    environment = settings(tmp_path, postgres_url)
    role = "pg_monitor"  # every server has it, it owns nothing here, and nothing is granted to it
    printed = run("db", "roles", "--role", role, environment=environment)
    assert printed.exit_code == 0
    document = json.loads(run("db", "roles", "--role", role, "--json", environment=environment).stdout)
    assert not document["applied"]
    assert printed.stdout.splitlines() == [f"{one};" for one in document["statements"]]
    assert 'GRANT SELECT, INSERT ON "public"."agreement"' in printed.stdout


def test_a_database_without_roles_is_told_so(tmp_path: Path, sqlite_url: str) -> None:
    refused = run("db", "roles", "--role", "app", "--apply", environment=settings(tmp_path, sqlite_url))
    assert refused.exit_code == ExitCode.REFUSED
    assert "no roles" in refused.stderr


def test_words_are_made_anew(tmp_path: Path, sqlite_url: str) -> None:
    environment = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    assert run("init", environment=environment).exit_code == 0
    assert json.loads(run("db", "reindex", "--json", environment=environment).stdout) == {"versions": 0}
    assert "made anew" in run("db", "reindex", environment=environment).stdout
