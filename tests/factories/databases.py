"""Databases for tests: a throw-away PostgreSQL server, and fresh databases on it that vanish with the test.

Owns starting and stopping the server and every CREATE and DROP DATABASE of the suite; it creates and drops nothing whose name
does not begin with ``breakwater_test_``. The schema is not its business. Kept by ``tests/promises/test_test_bed.py``.

The server is the one that ``BREAKWATER_TEST_POSTGRES`` names (a URL of its maintenance database, for a role that may create
databases) or else one that is started here, on a unix socket in a temporary folder, one per test process.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

DATABASE_PREFIX = "breakwater_test_"
SERVER_VARIABLE = "BREAKWATER_TEST_POSTGRES"
NO_SERVER = (
    "These tests need PostgreSQL. Install the server (Debian: apt-get install postgresql), "
    f"or set {SERVER_VARIABLE} to the URL of a maintenance database, e.g. postgresql://postgres@127.0.0.1:5432/postgres"
)
_START_SECONDS = 60
_MEMORY_BYTES = 2 * 1024**3
_STRATEGIES_SINCE = 150000

# Runs the server until standard input ends. So it stops, and its folder goes, however the test process ends: kill -9 included.
# Each line of its input starts the server again, once it has ended.
_KEEPER = """
"$@" &
server=$!
while read -r line; do
    wait "$server"
    "$@" &
    server=$!
done
kill -INT "$server"
wait "$server"
rm -rf "$FOLDER"
"""


class NoPostgresError(RuntimeError):
    """No server was named and none is installed."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server on which databases may be created."""

    maintenance: URL

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """Give the URL of a fresh database, copied from ``template`` (a URL given by this method) or empty; drop it afterwards.

        Nobody may be connected to the template. Connections that a test left open are ended by the drop.
        """
        name = DATABASE_PREFIX + secrets.token_hex(8)
        self._create(name, template and make_url(template).database)
        try:
            yield self.maintenance.set(database=name).render_as_string(hide_password=False)
        finally:
            self._drop(name)

    def _create(self, name: str, template: str | None) -> None:
        _assert_ours(name)
        # template0 has no local additions of whoever runs the server, and never a connection.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        with self._connected() as connection:
            # Copying files takes half the time of writing each page to the log, as later releases do by default.
            has_strategies = connection.info.server_version >= _STRATEGIES_SINCE
            connection.execute(statement + sql.SQL(" STRATEGY FILE_COPY") if has_strategies else statement)

    def _drop(self, name: str) -> None:
        _assert_ours(name)
        with self._connected() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _connected(self) -> psycopg.Connection:
        url = self.maintenance.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True)


@dataclass(frozen=True)
class MortalPostgres(PostgresServer):
    """A server that was started here for this test alone, and so may be killed: all of its processes at once."""

    folder: Path
    keeper: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Kill the server, whatever it is doing. Who is connected finds that out."""
        master = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        for process in (master, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def start(self) -> None:
        """Start the killed server again, and wait until it has recovered."""
        assert self.keeper.stdin is not None
        self.keeper.stdin.write(b"\n")
        self.keeper.stdin.flush()
        _wait_for(self._connect, self.folder / "log")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.maintenance.set(drivername="postgresql").render_as_string())


# What was committed outlives the processes, though not the machine: its memory is the disk.
_OUTLIVES_A_KILL = {"synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def mortal_postgres() -> Iterator[MortalPostgres]:
    """Start a server of one's own, which may be killed. Raises ``NoPostgresError``."""
    binaries = find_binaries()
    if binaries is None:
        raise NoPostgresError(NO_SERVER)
    with _throw_away_server(binaries, _OUTLIVES_A_KILL) as server:
        yield server


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Give the named server, or start one for this process and stop it at the end. Raises ``NoPostgresError``."""
    named = os.environ.get(SERVER_VARIABLE)
    if named:
        yield PostgresServer(make_url(named).set(drivername="postgresql+psycopg"))
        return
    binaries = find_binaries()
    if binaries is None:
        raise NoPostgresError(NO_SERVER)
    with _throw_away_server(binaries) as server:
        yield server


def find_binaries(debian: Path = Path("/usr/lib/postgresql")) -> Path | None:
    """Give the folder of the newest installed server's programs: Debian's place first, then PATH; None without any."""
    versions = [folder for folder in debian.glob("*/bin") if (folder / "initdb").exists() and (folder / "postgres").exists()]
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def _throw_away_server(binaries: Path, further: Mapping[str, str] | None = None) -> Iterator[MortalPostgres]:
    # A short path: that of a unix socket may have 107 bytes. Mode 0700: the server trusts whoever gets in.
    folder = Path(tempfile.mkdtemp(prefix="breakwater-postgres-", dir=_quickest_place()))
    account = _server_account()
    if account:
        os.chown(folder, account["user"], account["group"])
    data = str(folder / "data")
    # A natural-language collation, as production servers have: text that only sorts right in byte order shows up here.
    initdb = [binaries / "initdb", "-D", data, "--username=postgres", "--auth=trust", "--no-sync", "--no-instructions"]
    _run_program([*initdb, "--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"], folder, account)
    settings = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "listen_addresses": ""}
    settings |= {"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "128MB", "max_connections": "200"}
    settings |= {"unix_socket_directories": str(folder)} | dict(further or {})
    server = [binaries / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())]
    with (folder / "log").open("wb") as log:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", *server],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={"FOLDER": str(folder), "PATH": os.environ["PATH"]},
            start_new_session=True,
            **account,
        )
    maintenance = URL.create("postgresql+psycopg", username="postgres", database="postgres", query={"host": str(folder)})
    server_here = MortalPostgres(maintenance, folder, keeper)
    try:
        _wait_for(server_here._connect, folder / "log")
        yield server_here
    finally:
        keeper.communicate()


def _quickest_place() -> Path:
    # In memory a database is copied in 15 ms, on a disk in up to 300 ms.
    memory = Path("/dev/shm")  # noqa: S108  # only mkdtemp writes there: private, unguessable
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _MEMORY_BYTES:
        return memory
    return Path("/tmp")  # noqa: S108  # the same


def _server_account() -> dict[str, Any]:
    """Give the account to start the server as: initdb refuses root, so root becomes postgres; anybody else stays."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run_program(command: list[Any], folder: Path, account: dict[str, Any]) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **account)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")


def _wait_for(connect: Callable[[], psycopg.Connection], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            connect().close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)
        else:
            return


def _assert_ours(name: str) -> None:
    assert name.startswith(DATABASE_PREFIX), "The suite creates and drops only databases that bear its own prefix."
