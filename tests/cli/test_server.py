"""What ``serve`` asks before it serves, and how it serves."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from app.__main__ import workshop
from app.cli import server
from app.cli.faults import CommandFault, ExitCode
from app.cli.initialise import make_exchange_keys
from app.domain.read_only import ReadOnlyReason
from app.services.proving.cosigned_copies import OWN, folder_beside
from app.services.proving.kept_checkpoint import compare
from app.storage.session import Database
from tests.cli.desk import run
from tests.factories.members import started_hub
from tests.factories.sandboxes import children_of
from tests.factories.witnesses import HubWitness, cosigned_checkpoint

ROOT = Path(__file__).parents[2]


def test_an_exchange_that_was_not_initialised_is_not_served(tmp_path: Path, sqlite_url: str) -> None:
    environment = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": sqlite_url}
    make_exchange_keys(workshop().settings(environment), None)
    refused = run("serve", environment=environment)
    assert refused.exit_code == ExitCode.REFUSED
    assert "breakwater init" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "settings"), [(["--bind", "nowhere"], {}), (["--workers", "0"], {}), ([], {"BREAKWATER_LOG_LEVEL": "loud"})]
)
def test_unfit_settings_are_refused_before_anything_starts(
    tmp_path: Path, arguments: list[str], settings: dict[str, str]
) -> None:
    refused = run("serve", *arguments, environment={"BREAKWATER_HOME": str(tmp_path), **settings})
    assert refused.exit_code == ExitCode.USAGE


# What the master wants to do after serving must not be done by its workers.
SERVER = """
import os
from app.__main__ import workshop
from app.cli.gunicorn_server import Serving
from app.cli.server import run_server
try:
    run_server(Serving(workshop(), os.environ, lambda url: print("ready:", url, flush=True), "error"))
finally:
    print("tidied up", flush=True)
"""


def test_a_server_replaces_a_dead_worker_and_tidies_up_once_at_the_end(tmp_path: Path) -> None:
    settings = {"HOME": str(tmp_path / "home"), "LOG_LEVEL": "error", "BIND": "127.0.0.1:0", "WORKERS": "1"}
    environment = os.environ | {f"BREAKWATER_{name}": value for name, value in settings.items()}
    assert run("init", environment=environment).exit_code == 0
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout
        url = process.stdout.readline().removeprefix("ready: ").strip()
        try:
            assert requests.get(f"{url}/readyz", timeout=30).json()["status"] == "ok"
            [worker] = children_of(process.pid)[0]
            os.kill(worker, signal.SIGTERM)
            wait_for(lambda: children_of(process.pid)[0] not in ([], [worker]))
            assert requests.get(f"{url}/api/v1/exchange", timeout=30).json()["keyid"]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout.read() == "tidied up\n"


def test_serve_says_where_it_listens(tmp_path: Path) -> None:
    environment = os.environ | {"BREAKWATER_HOME": str(tmp_path / "home"), "BREAKWATER_LOG_LEVEL": "warning"}
    assert run("init", environment=environment).exit_code == 0
    command = [sys.executable, "-m", "app", "serve", "--bind", "127.0.0.1:0", "--workers", "1", "--threads", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("ready: http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_scrape_adds_up_what_all_workers_answered(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    environment = os.environ | {"BREAKWATER_HOME": str(tmp_path / "home"), "BREAKWATER_LOG_LEVEL": "error"}
    made = run("init", "--json", environment=environment)
    token = json.loads(made.stdout)["token"]
    command = [sys.executable, "-m", "app", "serve", "--bind", "127.0.0.1:0", "--workers", "3"]
    environment["TMPDIR"] = str(tmp_path / "tmp")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stdout
        url = process.stdout.readline().removeprefix("ready: ").strip()
        try:
            wait_for(lambda: len(children_of(process.pid)[0]) == 3)
            for _ in range(30):
                assert requests.get(f"{url}/api/v1/exchange", timeout=30).ok
            counted = {scraped(url, token) for _ in range(10)}
            ids = "&".join(f"id=indicator--{uuid.uuid4()}" for _ in range(100))
            assert requests.get(f"{url}/api/v1/objects?{ids}", timeout=30).status_code == 401, "a hundred ids fit into a request"
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert counted == {"30.0"}
    assert list((tmp_path / "tmp").glob("breakwater-metrics-*")) == []


def test_counts_lie_in_memory_unless_somebody_says_where() -> None:
    memory = Path("/dev/shm")  # noqa: S108  # nothing is made there
    assert server.place_of_counts({}) == (memory if os.access(memory, os.W_OK) else None)
    assert server.place_of_counts({"TMPDIR": "/var/tmp"}) is None  # noqa: S108  # the same


def scraped(url: str, token: str) -> str:
    text = requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=30).text
    wanted = 'breakwater_requests_total{method="GET",route="/api/v1/exchange",status="200"} '
    return next(line.removeprefix(wanted) for line in text.splitlines() if line.startswith(wanted))


def test_an_address_in_use_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_ADDRESS_WAIT_SECONDS", 0.2)
    environment = {"BREAKWATER_HOME": str(tmp_path / "home")}
    assert run("init", environment=environment).exit_code == 0
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        refused = run("serve", "--bind", bind, environment=environment)
    assert refused.exit_code == ExitCode.USAGE
    assert refused.stderr == f"error: {bind} cannot be listened at: Address already in use. Choose another --bind. [address]\n"


@pytest.mark.parametrize("bind", ["127.0.0.1:0", "localhost:0", "0.0.0.0:0"])
def test_a_free_address_is_taken(bind: str) -> None:
    server._check_address(bind)


@pytest.mark.parametrize("bind", ["192.0.2.1:0", "nowhere.invalid:80"])
def test_an_address_that_is_not_this_machines_is_refused_at_once(bind: str) -> None:
    with pytest.raises(CommandFault, match="cannot be listened at"):
        server._check_address(bind)


def test_an_address_that_becomes_free_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        leaving = threading.Timer(0.3, other.close)
        leaving.start()
        server._check_address(bind)
        leaving.join()


def test_looking_at_an_exchange_before_it_is_served_writes_over_no_copy_that_cannot_be_read(
    sqlite_url: str, tmp_path: Path
) -> None:
    kept = tmp_path / "checkpoint"
    with started_hub(sqlite_url) as hub:
        hub.exchange = replace(hub.exchange, checkpoint_file=kept)
        compare(hub.exchange)
        cosigned_checkpoint(hub, HubWitness(hub.enrol("Witness")))
        assert compare(hub.exchange) is None
        copy = folder_beside(kept) / OWN
        spoilt = copy.read_text().replace("\n", "\r\n").encode()
        copy.write_bytes(spoilt)
        fresh = replace(hub.exchange, database=Database(sqlite_url))
        looking: Any = SimpleNamespace(exchange=lambda _: fresh)
        found = server.look_at_exchange(looking, {})
    assert (found.wrong, copy.read_bytes()) == (ReadOnlyReason.COPY_UNREADABLE, spoilt)
