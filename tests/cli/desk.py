"""The command line at work on an exchange that answers over loopback HTTP from this process; for the tests of commands.

Owns invoking commands as partners and operators do, with the address and the token in the environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from app.__main__ import workshop
from app.cli.api import Api, Target
from app.cli.commands import commands
from tests.factories.exchanges import Caller, FakePartner, RunningExchange


def run(*arguments: object, environment: Mapping[str, str] | None = None, given: bytes | None = None) -> Result:
    """Run one command in this process, with these variables and no other of the exchange's."""
    return CliRunner().invoke(commands, [str(one) for one in arguments], obj=workshop(), env=environment, input=given)


@dataclass
class Desk:
    """An exchange at a URL, and whoever sits before it."""

    url: str
    running: RunningExchange

    def run(self, who: Caller, *arguments: object) -> Result:
        """Run a command with somebody's token."""
        return run(*arguments, environment={"BREAKWATER_URL": self.url, "BREAKWATER_TOKEN": who.token or ""})

    def json(self, who: Caller, *arguments: object) -> Any:
        """Run a command that must succeed, and give its JSON."""
        result = self.run(who, *arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def api(self, who: Caller) -> Api:
        """Give a connection with somebody's token."""
        return Api(Target(self.url, who.token))


def key_file(partner: FakePartner, folder: Path) -> Path:
    """Write a partner's private key to a file."""
    path = folder / "key.pem"
    path.write_bytes(partner.key.to_pem())
    return path


def write_signed(partner: FakePartner, path: Path, *values: Mapping[str, Any]) -> Path:
    """Sign objects and write them as NDJSON."""
    path.write_text("".join(json.dumps(partner.sign(value)) + "\n" for value in values))
    return path


def objects_in(path: Path) -> list[dict[str, Any]]:
    """Give the objects of an NDJSON file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]
