"""The command line at work on an exchange that answers over loopback HTTP from this process; for the tests of commands.

Owns invoking commands as partners and operators do, with the address and the token in the environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


@dataclass
class Faltering:
    """An application that goes away: after so many answers to ``method``, every request is answered 503.

    With ``does_its_work`` the request that fails is done all the same, and only its answer is lost.
    """

    application: Any
    method: str
    answers: int
    does_its_work: bool = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == self.method:
            self.answers -= 1
        if self.answers >= 0:
            return self.application(environ, start_response)
        if self.does_its_work:
            b"".join(self.application(environ, lambda *_: None))
            self.does_its_work = False
        start_response("503 Service Unavailable", [("Content-Type", "application/problem+json"), ("Retry-After", "0")])
        return [b'{"code": "exchange-unavailable", "detail": "Away."}']


_HOLDER = """
import pathlib, sys
from app.cli.durable_files import held_alone
with held_alone(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def lock_held_elsewhere(lock: Path) -> Iterator[None]:
    """Have another process hold a lock while the block runs; it is then killed."""
    command = [sys.executable, "-c", _HOLDER, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.kill()
