"""The list of commands: complete, documented, and quick to show."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.cli.commands import commands
from app.cli.faults import ExitCode
from tests.cli.desk import run

DOCUMENT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
HEAVY = ("sqlalchemy", "flask", "stix2", "requests", "rich", "gunicorn", "alembic", "cryptography", "jsonschema_rs")


def every_command(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, *path, name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield " ".join((*path, name)), command


COMMANDS = dict(every_command(commands))


def test_the_commands_that_partners_and_operators_were_promised_are_there() -> None:
    promised = {"init", "serve", "demo", "sandbox", "sign", "submit", "pull", "verify", "disclosures", "policy mine"}
    promised |= {"key new", "key register", "key list", "key show", "key activate", "key revoke", "db migrate", "db check"}
    promised |= {"partner add", "partner list", "partner state", "agreement add", "agreement list", "operator add"}
    promised |= {"audience new", "audience list", "credential issue", "credential list", "credential revoke"}
    assert promised <= COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_document_with_all_its_options(name: str) -> None:
    section = re.search(rf"(?ms)^### `{name}`$(.*?)(?=^##|\Z)", DOCUMENT)
    assert section, f"docs/cli.md has no section on {name}"
    given = {"--url", "--token", "--token-file", "--insecure", "--json", "--request-key"}  # described once, for all
    shown = [one for one in COMMANDS[name].params if isinstance(one, click.Option) and not one.hidden]
    options = {option for parameter in shown for option in parameter.opts} - given
    assert {option for option in options if option not in section[1]} == set()


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"serve", "sandbox", "demo", "signer", "worker"}))
def test_every_command_that_answers_has_json(name: str) -> None:
    assert "--json" in {option for parameter in COMMANDS[name].params for option in parameter.opts}


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_in_the_document(code: ExitCode) -> None:
    assert re.search(rf"(?m)^\| {code.value} \|", DOCUMENT)


def test_help_is_shown_without_importing_anything_heavy() -> None:
    code = f"import sys, app.__main__; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_command_is_a_mistake_of_usage() -> None:
    assert run("no-such-command").exit_code == ExitCode.USAGE


def test_help_names_every_command() -> None:
    told = run("--help").stdout
    assert all(re.search(rf"(?m)^  {name} ", told) for name in commands.commands)
