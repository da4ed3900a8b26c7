"""The signer in a served exchange: killed under submissions, and alone in holding the private keys."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization

from tests.cli.desk import run
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.process_memory import found_in_memory
from tests.factories.sandboxes import Sandbox, children_of
from tests.factories.signers import signer_process
from tests.factories.stix_objects import indicator
from tests.factories.stored_rows import StoredRows

_KILLS, _MOST_KILLS = 3, 30
_WRITERS = 3
_PATIENCE_SECONDS = 60


@pytest.fixture
def sandbox(sandboxes: PreparedSandboxes, tmp_path: Path) -> Iterator[Sandbox]:
    with sandboxes.serving("sqlite", tmp_path / "exchange") as running:
        yield running


def kill_the_signer(sandbox: Sandbox) -> None:
    """Kill the signer once it answers, and return when another process does."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    _, [killed] = children_of(sandbox.process.pid)
    os.kill(killed, signal.SIGKILL)
    while killed in (signers := children_of(sandbox.process.pid)[1]) or not signers or not is_ready(sandbox):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_ready(sandbox: Sandbox) -> bool:
    """Ask whether it is ready; if it is not, that may be for want of the signer alone."""
    ready = requests.get(f"{sandbox.url}/readyz", timeout=30)
    assert ready.status_code == 200 or (ready.status_code == 503 and "signer" in ready.json()["detail"]), ready.text
    return ready.status_code == 200


def test_a_killed_signer_costs_time_and_nothing_else(sandbox: Sandbox, tmp_path: Path) -> None:
    """While it is away there is 503 alone; afterwards the same requests succeed, and nothing lies half-stored."""
    stop, lock = threading.Event(), threading.Lock()
    statuses: Counter[int] = Counter()
    told: dict[str, set[str]] = {}

    def write() -> None:
        partner = sandbox.partner("platform-a")
        while not stop.is_set():
            body = {"objects": [partner.sign(indicator()) for _ in range(3)]}
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            answer = partner.post("/submissions", body, headers=headers)
            while answer.status_code != 201:
                with lock:
                    statuses[answer.status_code] += 1
                assert answer.headers["Retry-After"]
                time.sleep(0.05)
                answer = partner.post("/submissions", body, headers=headers)
            with lock:
                statuses[201] += 1
                told[answer.json()["id"]] = {one["id"] for one in body["objects"]}

    writers = [threading.Thread(target=write) for _ in range(_WRITERS)]
    for one in writers:
        one.start()
    try:
        kills = 0
        while kills < _KILLS or not statuses[503]:  # a new one may be there before anybody missed the old one
            kill_the_signer(sandbox)
            kills += 1
            assert kills < _MOST_KILLS, "no writer noticed"
    finally:
        stop.set()
        for one in writers:
            one.join()
    assert statuses.keys() == {201, 503}
    rows = StoredRows.of(f"sqlite:///{tmp_path / 'exchange' / 'exchange' / 'breakwater.db'}")
    rows.check_log()
    rows.check_versions()
    rows.check_receipts(told=told)
    stored = {row.stix_id for row in rows.versions}
    assert all(objects <= stored for objects in told.values())


def test_the_signer_goes_with_a_server_that_was_killed(sandbox: Sandbox) -> None:
    _, [signer] = children_of(sandbox.process.pid)
    os.killpg(sandbox.process.pid, signal.SIGKILL)
    sandbox.process.wait()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while Path(f"/proc/{signer}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# --- who holds the keys -----------------------------------------------------------------------------------------------------


def needles(home: Path) -> dict[str, bytes]:
    """Give what a process that had read a private key would hold somewhere: its raw bytes, and the lines of its file."""
    found = {}
    for name in ("signing", "directory", "checkpoint"):
        pem = (home / "keys" / f"{name}.pem").read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        raw = serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
        found[f"{name}, raw"] = key.private_bytes(*raw)  # type: ignore[call-overload]  # the tuple is its three arguments
        found[f"{name}, file"] = pem.splitlines()[1]
    text = (home / "keys" / "overlap.key").read_bytes().strip()
    return found | {"overlap, raw": base64.b64decode(text), "overlap, file": text}


@contextmanager
def serve(home: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``breakwater serve``; gives the process and its URL."""
    chosen = {"HOME": str(home), "BIND": "127.0.0.1:0", "LOG_LEVEL": "error"} | settings
    environment = os.environ | {f"BREAKWATER_{name}": value for name, value in chosen.items()}
    command = [sys.executable, "-m", "app", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout
            yield process, process.stdout.readline().removeprefix("ready: ").strip()
        finally:
            process.terminate()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An initialised exchange."""
    assert run("init", environment={"BREAKWATER_HOME": str(tmp_path / "home")}).exit_code == 0
    return tmp_path / "home"


def held(process: int, wanted: Mapping[str, bytes]) -> set[str]:
    return found_in_memory(process, wanted)


def use(url: str) -> Any:
    """Let the server sign, or at least need the keys."""
    assert requests.get(f"{url}/readyz", timeout=30).status_code == 200
    return requests.get(f"{url}/api/v1/exchange", timeout=30).json()


def test_neither_master_nor_workers_hold_a_private_key(home: Path) -> None:
    """The search finds the cursor key in the workers, which do hold it, and so would find the others."""
    wanted = needles(home)
    control = {"cursor": base64.b64decode((home / "keys" / "cursor.keys").read_bytes().strip())}
    with serve(home) as (process, url):
        for _ in range(4):
            use(url)
        workers, [signer] = children_of(process.pid)
        assert workers
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for worker in workers:
            while not held(worker, control):  # whoever is not the first may still be on its way
                assert time.monotonic() < deadline
            assert held(worker, wanted | control) == {"cursor"}
        assert held(process.pid, wanted) == set()
        if os.getuid() == 0:  # nobody else may look into the signer at all: tests/cli/test_signer.py
            assert {f"{name}, raw" for name in ("signing", "directory", "checkpoint", "overlap")} <= held(signer, wanted)


def test_a_server_with_a_signer_elsewhere_serves_without_any_file_of_a_key(home: Path, tmp_path: Path) -> None:
    web = tmp_path / "web"
    (web / "keys").mkdir(parents=True)
    (home / "keys" / "cursor.keys").rename(web / "keys" / "cursor.keys")
    database = f"sqlite:///{home / 'breakwater.db'}"
    place = tmp_path / "s" / "signer.sock"
    with signer_process(home, place), serve(web, DATABASE_URL=database, SIGNER_SOCKET=str(place)) as (process, url):
        assert use(url)["keyid"]
        assert children_of(process.pid)[1] == []
    assert [one.name for one in (web / "keys").iterdir()] == ["cursor.keys"]
