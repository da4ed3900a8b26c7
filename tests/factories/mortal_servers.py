"""Servers that are killed, whole: the exchange over real gunicorn, started again at the same address after each kill.

Owns making an exchange (``breakwater init``), starting its server, and killing the server with all its workers at once. Each
server is forked from a process that has imported the exchange already, so that two hundred starts take minutes. Kept by
``tests/promises/test_http_killed_server.py`` and ``tests/walk/test_torture.py``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.factories.exchanges import Caller, FakePartner, Wanted, enrol, over_http, second_operator
from tests.factories.held_ports import held_ports

ROOT = Path(__file__).parents[2]
# One server (a session of its own: the master and its workers are one group) for each line of its input.
_NURSERY = """
import importlib, os, sys
prelude = sys.argv[1]
sys.argv = ["breakwater", "serve"]
for name in ("config.settings", "factory", "cli.gunicorn_server", "jobs.poller"):
    importlib.import_module(f"app.{name}")
from app.__main__ import main
exec(prelude)
for _ in sys.stdin:
    server = os.fork()
    if server == 0:
        os.setsid()
        print("server:", os.getpid(), flush=True)
        main()
    os.waitpid(server, 0)
"""


class MortalServer:
    """An exchange's server at ``url``, and two operators of it; starts are counted."""

    def __init__(self, environment: dict[str, str], operator_token: str, log: Path, prelude: str = "") -> None:
        """Prepare the nursery, in which ``prelude`` (Python) runs once; nothing serves before ``start``."""
        self.url = f"http://{environment['BREAKWATER_BIND']}"
        self.operator = Caller(over_http(self.url), operator_token)
        self.second = second_operator(self.operator, environment["BREAKWATER_DATABASE_URL"])
        self._group: int | None = None
        with log.open("ab") as errors:
            self._nursery = subprocess.Popen(
                [sys.executable, "-c", _NURSERY, prelude],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def enrol(self, name: str, wanted: Wanted | None = None) -> FakePartner:
        """Bring a partner in, by its two operators."""
        return enrol(self.operator, name, wanted, self.second)

    def start(self) -> None:
        """Start a server and wait until it answers."""
        assert self._nursery.stdin is not None
        self._nursery.stdin.write("\n")
        self._nursery.stdin.flush()
        self._group = int(self._line_of("server:"))
        self._line_of("ready:")

    def _line_of(self, kind: str) -> str:
        assert self._nursery.stdout is not None
        for line in self._nursery.stdout:
            if line.startswith(kind):
                return line.removeprefix(kind).strip()
        raise AssertionError(f"the server ended without {kind!r}; see its log")

    @property
    def session(self) -> int:
        """The session, and the group, of all processes of the server that runs now."""
        assert self._group is not None
        return self._group

    def kill(self) -> None:
        """Kill master and workers at once, whatever they are doing."""
        if self._group is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._group, signal.SIGKILL)
            self._group = None

    def replace(self) -> None:
        """Kill the server and start another."""
        self.kill()
        self.start()

    def end(self) -> None:
        """Kill the server for good."""
        self.kill()
        self._nursery.communicate()


@contextmanager
def mortal_server(
    folder: Path, database_url: str, *, workers: int = 2, prelude: str = "", temporary: Path | None = None, **settings: str
) -> Iterator[MortalServer]:
    """Make an exchange in ``folder`` on an empty or a migrated database, and serve it until the end of the block.

    ``temporary`` is where it lays what it forgets, beside ``folder`` by default.
    ``settings`` are further ``BREAKWATER_…`` variables by their names in lower case.
    """
    with held_ports(1) as [port]:
        given = {"home": str(folder), "database_url": database_url, "bind": f"127.0.0.1:{port}", "workers": str(workers)}
        given |= {"mode": "development", "log_level": "error"} | settings
        environment = os.environ | {f"BREAKWATER_{name.upper()}": value for name, value in given.items()}
        environment["TMPDIR"] = str(temporary or folder.parent)  # what a killed server leaves there goes with the test's folder
        made = subprocess.run(
            [sys.executable, "-m", "app", "init", "--development", "--json"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        server = MortalServer(environment, json.loads(made.stdout)["token"], folder.with_name(f"{folder.name}.log"), prelude)
        try:
            server.start()
            yield server
        finally:
            server.end()
