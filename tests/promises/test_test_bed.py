"""The ground the other tests lie on: databases that vanish, no network, no silent skips."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import requests
from sqlalchemy import create_engine, inspect, make_url, text

from tests.factories.databases import NO_SERVER, NoPostgresError, PostgresServer, find_binaries, postgres_server
from tests.factories.held_ports import LOOPBACK, held_ports
from tests.factories.turns import spread

ROOT = Path(__file__).parents[2]
CREATES_A_SERVER = """
import sys
from tests.factories.databases import postgres_server
with postgres_server() as server:
    print(server.maintenance.query["host"], flush=True)
    sys.stdin.read()
"""


def database_names(postgres: PostgresServer) -> set[str]:
    with psycopg.connect(libpq(postgres.maintenance.render_as_string(hide_password=False))) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_database_stands_at_the_newest_schema(database_url: str) -> None:
    engine = create_engine(database_url)
    assert "object_version" in inspect(engine).get_table_names()
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_wrote_the_next_does_not_see(database_url: str, turn: str) -> None:
    engine = create_engine(database_url)
    assert "left_by_a_test" not in inspect(engine).get_table_names(), turn
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_by_a_test (id INTEGER)"))
    engine.dispose()


def test_a_postgres_database_bears_the_prefix_and_is_dropped_though_connected(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        connection = psycopg.connect(libpq(url))
        name = make_url(url).database
        assert name is not None
        assert name.startswith("breakwater_test_")
        assert name in database_names(postgres)
    assert name not in database_names(postgres)
    connection.close()


@pytest.mark.parametrize("name", ["postgres", "breakwater", "xbreakwater_test_1"])
def test_no_other_database_is_ever_created_or_dropped(postgres: PostgresServer, name: str) -> None:
    before = database_names(postgres)
    with pytest.raises(AssertionError):
        postgres._create(name, None)
    with pytest.raises(AssertionError):
        postgres._drop(name)
    assert database_names(postgres) == before


def test_a_server_that_is_named_is_used_and_left_running(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAKWATER_TEST_POSTGRES", libpq(postgres.maintenance.render_as_string()))
    with postgres_server() as named:
        assert named.maintenance == postgres.maintenance
    assert database_names(postgres)


def test_without_a_server_the_suite_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BREAKWATER_TEST_POSTGRES", raising=False)
    monkeypatch.setattr("tests.factories.databases.find_binaries", lambda: None)
    with pytest.raises(NoPostgresError, match="apt-get install postgresql"), postgres_server():
        pass
    assert "BREAKWATER_TEST_POSTGRES" in NO_SERVER
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_binaries(debian=tmp_path) is None


def test_the_newest_installed_server_is_taken(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        (folder / "initdb").touch()
        (folder / "postgres").touch()
    assert find_binaries(debian=tmp_path) == tmp_path / "17" / "bin"


def test_a_killed_test_process_leaves_no_server_behind() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "BREAKWATER_TEST_POSTGRES"}
    command = [sys.executable, "-c", CREATES_A_SERVER]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert (folder / "data" / "postmaster.pid").exists()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 120
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_a_held_port_is_its_servers_as_often_as_one_starts_and_nobody_elses() -> None:
    with held_ports(2) as [port, other]:
        assert port != other
        for _ in range(2):
            with socket.socket() as anothers, pytest.raises(OSError, match="in use"):
                anothers.bind((LOOPBACK, port))
            with socket.create_server((LOOPBACK, port)) as server, socket.create_connection((LOOPBACK, port)):
                server.accept()[0].close()


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "198.51.100.7"])
def test_no_socket_leaves_the_machine(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as outward, pytest.raises(RuntimeError, match="loopback only"):
        outward.connect((host, 443))


def test_no_datagram_leaves_the_machine() -> None:
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as outward, pytest.raises(RuntimeError, match="loopback only"):
        outward.sendto(b"", ("192.0.2.1", 53))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(RuntimeError, match="loopback only"):
        requests.get("https://exchange.example.org/", timeout=1)


def test_loopback_is_open() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


SKIPS = {
    "by a call": "import pytest\ndef test_it():\n    pytest.skip('reason')\n",
    "by a mark": "import pytest\n@pytest.mark.skipif(True, reason='reason')\ndef test_it():\n    pass\n",
    "as expected to fail": "import pytest\n@pytest.mark.xfail\ndef test_it():\n    assert False\n",
    "by a missing import": "import pytest\npytest.importorskip('no_such_library')\ndef test_it():\n    pass\n",
}


def run_pytest(tmp_path: Path, *sources: str, ci: str, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run tests that are planted; a file that cannot be collected keeps no other from being run."""
    for number, source in enumerate(sources):
        (tmp_path / f"test_planted_{number}.py").write_text(source)
    arguments = (*arguments, "--continue-on-collection-errors")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "tests.conftest"]
    # Without the other plug-ins a start takes half a second instead of three.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [*command, *arguments, str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_skip_of_any_kind_fails_in_continuous_integration(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, *SKIPS.values(), ci="true")
    assert done.returncode == 1, done.stdout
    assert "2 failed, 2 errors" in done.stdout
    assert done.stdout.count("\nskipped, which continuous integration counts as a failure") == len(SKIPS)


def test_a_skip_in_a_worker_fails_too(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, SKIPS["by a call"], SKIPS["by a missing import"], ci="true", arguments=("-p", "xdist", "-n", "1"))
    assert "1 failed, 1 error" in done.stdout


def test_a_skip_at_a_desk_is_only_reported(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, SKIPS["by a call"], ci="").returncode == 0


def test_campaigns_run_only_when_asked_for(tmp_path: Path) -> None:
    source = "import pytest\n@pytest.mark.campaign\ndef test_long():\n    assert False\ndef test_short():\n    pass\n"
    assert "1 passed, 1 deselected" in run_pytest(tmp_path, source, ci="true").stdout
    assert "1 failed, 1 deselected" in run_pytest(tmp_path, source, ci="true", arguments=("-m", "campaign")).stdout


def test_what_waits_has_its_turns_among_what_computes_and_no_test_is_lost() -> None:
    tests = ["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "w1", "w2", "x1"]
    turns = spread(tests, lambda one: one[0], lambda file: file in "wx")
    assert turns == ["w1", "w2", "a1", "a2", "b1", "b2", "x1", "c1", "c2", "d1", "d2"]
    for few in (tests[:3], tests[8:], []):
        assert sorted(spread(few, lambda one: one[0], lambda file: file in "wx")) == few


def test_an_sqlite_database_is_a_file_of_its_own(sqlite_url: str, sqlite_template: Path) -> None:
    path = make_url(sqlite_url).database
    assert path is not None
    assert Path(path) != sqlite_template
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
