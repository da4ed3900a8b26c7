"""What every test lies on: databases, no network but loopback, and no silent skips.

Owns the fixtures ``sqlite_url``, ``postgres_url`` and ``database_url`` (one after the other), each at the newest schema, and
their ``empty_`` forms without any table. Kept by ``tests/promises/test_test_bed.py``.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import shutil
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.factories.canaries import why_telling
from tests.factories.databases import NoPostgresError, PostgresServer, postgres_server
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.turns import spread

# No deadline per example: on a busy machine it fails what is right. Sixty examples where a test does not say how many. The rest
# is Hypothesis' own profile, "ci" where CI is set.
settings.register_profile("breakwater", parent=settings(), deadline=None, max_examples=60)
settings.load_profile("breakwater")
# For `make mutate`: the same few examples for each mutant, and no search for the smallest one that fails.
settings.register_profile("mutation", deadline=None, derandomize=True, max_examples=60, phases=[Phase.explicit, Phase.generate])

# --- databases --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this test process."""
    try:
        with postgres_server() as server:
            yield server
    except NoPostgresError as exc:
        pytest.fail(str(exc), pytrace=False)


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> Iterator[str]:
    """A migrated PostgreSQL database that others are copied from; nobody connects to it."""
    with postgres.database() as url:
        _migrate(url)
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from; nobody opens it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    assert not path.with_name("template.db-wal").exists(), "a connection to the template was left open"
    return path


@pytest.fixture(scope="session")
def sandboxes(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreparedSandboxes]:
    """Practice exchanges that are set up once and copied, for tests that want one of their own in its own process."""
    with ExitStack() as stack:
        yield PreparedSandboxes(tmp_path_factory.mktemp("prepared"), postgres, stack)


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without tables, for this test alone."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database at the newest schema, for this test alone."""
    with postgres.database(template=postgres_template) as url:
        yield url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A place for an SQLite database, for this test alone; the file does not exist yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """An SQLite database at the newest schema, for this test alone."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'breakwater.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database at the newest schema: the test runs once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without tables: the test runs once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue({"sqlite": "empty_sqlite_url", "postgresql": "empty_postgres_url"}[request.param])


def _migrate(url: str) -> None:
    from app.storage.schema import migrate  # noqa: PLC0415  # only tests with a database pay for importing SQLAlchemy
    from tests.factories.statements import share_compiled_statements  # noqa: PLC0415  # the same

    migrate(url)
    share_compiled_statements()


# --- hooks of the interpreter ----------------------------------------------------------------------------------------------


@pytest.fixture
def kept_hooks() -> Iterator[None]:
    """For tests of what changes them for a whole process: afterwards they are pytest's again."""
    root, ours = logging.getLogger(), logging.getLogger("breakwater")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    kept = (logging.getLogRecordFactory(), warnings.showwarning, sys.excepthook, sys.unraisablehook, threading.excepthook)
    yield
    logging.setLogRecordFactory(kept[0])
    warnings.showwarning, sys.excepthook, sys.unraisablehook, threading.excepthook = kept[1:]
    root.handlers = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


# --- no network but loopback ------------------------------------------------------------------------------------------------


class NetworkRefusedError(RuntimeError):
    """A test tried to leave the machine. Not an OSError, so that no client library takes it for a network fault."""


def _refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Let sockets of this process reach loopback and unix sockets only; C libraries and subprocesses are not covered."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        refused = isinstance(address, tuple) and not _is_loopback(address[0])
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        refused = arguments[0] is not None and not _is_loopback(arguments[0])
    else:
        return
    if refused:
        raise NetworkRefusedError(f"{event}: tests reach loopback only")


def _is_loopback(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name == "localhost"


# --- hooks of pytest --------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Shut the network, and leave campaigns to their own make target unless markers are asked for."""
    sys.addaudithook(_refuse_the_network)
    # In the background of a shell it is ignored, and what tests start and interrupt would inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # The programs that tests start, hundreds of them, find the exchange compiled, also where an image turns that off; and so do
    # the processes of the next run find its tests: to compile them with their assertions takes each half a minute.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    config.option.markexpr = config.option.markexpr or "not campaign"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, those that wait for servers have their turns among those that compute."""
    if hasattr(config, "workerinput"):
        items[:] = spread(items, lambda one: one.location[0], lambda file: file.startswith("tests/walk/"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """In continuous integration a skipped (or expected to fail) test is a failed test."""
    report = yield
    return _without_leaks(_without_skips(report))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """The same for modules that skip themselves while they are collected."""
    report = yield
    return _without_skips(report)


def _without_skips(report: Any) -> Any:
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which continuous integration counts as a failure: {report.longrepr}"
        vars(report).pop("wasxfail", None)
    return report


def _without_leaks(report: Any) -> Any:
    """Fail a test whose logs or standard error, its children's included, hold what no log may hold."""
    told = [why_telling(text) for title, text in report.sections if title.startswith(("Captured log", "Captured stderr"))]
    if any(told):
        report.outcome = "failed"
        report.longrepr = f"what this test logged, or wrote to standard error, holds {next(filter(None, told))}"
        report.sections = []  # not to repeat it
    return report
