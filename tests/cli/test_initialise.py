"""An exchange coming into being, once."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import workshop
from app.cli.faults import ExitCode
from app.cli.initialise import make_exchange_keys, not_ready
from app.services.authenticate import authenticate
from app.services.start_exchange import identity, migrate
from tests.cli.desk import run

MARKER = b"breakwater development key: not for production"


def environment(home: Path, **settings: str) -> dict[str, str]:
    return {"BREAKWATER_HOME": str(home), **{f"BREAKWATER_{name}": value for name, value in settings.items()}}


def initialised(home: Path, *arguments: str, **settings: str) -> dict[str, Any]:
    result = run("init", *arguments, "--json", environment=environment(home, **settings))
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_init_gives_a_token_that_is_an_operators(tmp_path: Path) -> None:
    token = initialised(tmp_path / "home", "--name", "Operator A")["token"]
    exchange = workshop().exchange(environment(tmp_path / "home"))
    principal = authenticate(exchange, token)
    assert principal.is_staff
    assert principal.person
    assert principal.person.name == "Operator A"
    exchange.database.dispose()


def test_keys_are_for_their_owner_alone_and_differ_between_exchanges(tmp_path: Path) -> None:
    initialised(tmp_path / "a")
    initialised(tmp_path / "b")
    for name in ("signing.pem", "directory.pem", "checkpoint.pem", "cursor.keys", "overlap.key"):
        first, second = (tmp_path / home / "keys" / name for home in "ab")
        assert stat.S_IMODE(first.stat().st_mode) == 0o600
        assert stat.S_IMODE(first.parent.stat().st_mode) == stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
        assert first.read_bytes() != second.read_bytes()
        assert MARKER not in first.read_bytes()


def test_the_database_is_for_its_owner_alone_whoever_may_enter_the_folder(tmp_path: Path) -> None:
    initialised(tmp_path)
    assert stat.S_IMODE((tmp_path / "breakwater.db").stat().st_mode) == 0o600


def test_the_token_is_shown_to_people_on_a_line_of_its_own(tmp_path: Path) -> None:
    told = run("init", environment=environment(tmp_path / "home")).stdout.splitlines()
    assert [line for line in told if line.startswith("bw_")]
    assert "breakwater serve" in told[-1]


def test_init_refuses_to_run_twice_and_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    initialised(home)
    before = {path: path.read_bytes() for path in (home / "keys").iterdir()}
    again = run("init", environment=environment(home))
    assert again.exit_code == ExitCode.REFUSED
    assert "already" in again.stderr
    assert "bw_" not in again.output
    assert {path: path.read_bytes() for path in (home / "keys").iterdir()} == before


def test_init_does_not_make_keys_for_an_exchange_that_lives_elsewhere(tmp_path: Path) -> None:
    initialised(tmp_path / "home")
    database = f"sqlite:///{tmp_path / 'home' / 'breakwater.db'}"
    again = run("init", environment=environment(tmp_path / "other", DATABASE_URL=database))
    assert again.exit_code == ExitCode.REFUSED
    assert not (tmp_path / "other" / "keys").exists()


def test_an_interrupted_init_is_finished_with_the_keys_that_it_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = workshop().settings(environment(home))
    migrate(settings.database_url)
    make_exchange_keys(settings, None)
    made = settings.signing_key.read_bytes()
    initialised(home)
    assert settings.signing_key.read_bytes() == made
    assert initialised(tmp_path / "other")


def test_development_keys_are_marked_and_production_refuses_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    initialised(home, "--development")
    assert (home / "keys" / "signing.pem").read_bytes().startswith(MARKER)
    assert (home / "keys" / "cursor.keys").read_bytes().startswith(MARKER)
    refused = run("db", "check", environment=environment(home))
    assert refused.exit_code == ExitCode.USAGE
    assert "development key" in refused.stderr
    assert run("db", "check", environment=environment(home, MODE="development")).exit_code == 0


def test_a_further_operator_is_added_from_the_machine_itself(tmp_path: Path) -> None:
    home = tmp_path / "home"
    initialised(home)
    added = run("operator", "add", "Operator B", "--json", environment=environment(home))
    exchange = workshop().exchange(environment(home))
    assert authenticate(exchange, json.loads(added.stdout)["token"]).is_staff
    assert identity(exchange).exchange_id
    exchange.database.dispose()


def test_an_operator_is_not_added_where_there_is_no_exchange(tmp_path: Path) -> None:
    settings = workshop().settings(environment(tmp_path))
    make_exchange_keys(settings, None)
    migrate(settings.database_url)
    refused = run("operator", "add", "Operator B", environment=environment(tmp_path))
    assert refused.exit_code == ExitCode.REFUSED
    assert "breakwater init" in refused.stderr


@pytest.mark.parametrize(
    ("reason", "exit_code", "advice"),
    [
        ("database", ExitCode.UNAVAILABLE, "BREAKWATER_DATABASE_URL"),
        ("migrations", ExitCode.REFUSED, "breakwater db migrate"),
        ("initialisation", ExitCode.REFUSED, "breakwater init"),
    ],
)
def test_what_is_not_ready_comes_with_advice(reason: str, exit_code: ExitCode, advice: str) -> None:
    fault = not_ready(reason)
    assert advice in fault.sentence
    assert fault.exit_code == exit_code


def test_people_of_every_role_are_added_and_given_new_tokens_on_the_machine(tmp_path: Path) -> None:
    home = tmp_path / "home"
    initialised(home)
    added = run("staff", "add", "Auditor A", "--role", "auditor", "--json", environment=environment(home))
    person_id = json.loads(added.stdout)["person_id"]
    listed = run("staff", "list", environment=environment(home)).stdout
    assert "Auditor A" in listed
    assert "auditor" in listed
    told = run("staff", "token", person_id, environment=environment(home)).stdout
    assert told.startswith("Auditor Auditor A, until ")
    exchange = workshop().exchange(environment(home))
    principal = authenticate(exchange, told.splitlines()[-1])
    assert principal.person
    assert principal.person.person_id == person_id
    assert {role.value for role in principal.person.staff_roles} == {"auditor"}
    exchange.database.dispose()
    invited = run("staff", "invite", person_id, environment=environment(home)).stdout
    assert "/portal/invitations/bws_" in invited
    nobody = run("staff", "invite", "absent", environment=environment(home))
    assert (nobody.exit_code, "breakwater staff list" in nobody.stderr) == (ExitCode.REFUSED, True)
    absent = run("staff", "token", "absent", environment=environment(home))
    assert (absent.exit_code, "breakwater staff list" in absent.stderr) == (ExitCode.REFUSED, True)
