"""A server killed between a request and its retry: with the idempotency key, nothing is lost and nothing is done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from app.crypto.keys import PrivateKey
from tests.factories.exchanges import Caller, FakePartner, enrol, over_http
from tests.factories.stix_objects import indicator

ROOT = Path(__file__).parents[2]
# Starts the exchange, then one server process for each line of its input; their common port stays open while none of them lives.
NURSERY = """
import os, socket, sys
from werkzeug.serving import make_server
from app.config.settings import Settings
from app.factory import create_app, create_exchange
from app.services.start_exchange import start_exchange
settings = Settings.from_environment(os.environ)
exchange = create_exchange(settings)
listening = socket.create_server(("127.0.0.1", 0))
port = listening.getsockname()[1]
print(port, start_exchange(exchange, "operator").token, flush=True)
exchange.database.dispose()
for _ in sys.stdin:
    server = os.fork()
    if server == 0:
        make_server("127.0.0.1", port, create_app(settings), threaded=True, fd=listening.fileno()).serve_forever()
    print(server, flush=True)
    os.waitpid(server, 0)
"""
# How long the server lives after a request was sent: into authentication, into the transaction, past it.
DELAYS_SECONDS = [0.0, 0.01, 0.02, 0.04, 0.08, 0.15]
OBJECTS = 40


class Nursery:
    """A port at which one server after the other listens."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        port, self.token = self._line().split()
        self.url = f"http://127.0.0.1:{port}"
        self._server = self._next()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _next(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._line())

    def replace(self) -> None:
        """Kill the server, whatever it is doing, and start another."""
        os.kill(self._server, signal.SIGKILL)
        self._server = self._next()

    def end(self) -> None:
        os.kill(self._server, signal.SIGKILL)
        self._process.communicate()


@pytest.fixture
def nursery(tmp_path: Path, database_url: str) -> Iterator[Nursery]:
    (tmp_path / "keys").mkdir()
    pems = {name: PrivateKey.generate().to_pem() for name in ("signing.pem", "directory.pem", "checkpoint.pem")}
    for name, content in (pems | {"cursor.keys": b"QUJD" * 21 + b"QQ=="}).items():
        (tmp_path / "keys" / name).write_bytes(content)
        (tmp_path / "keys" / name).chmod(0o600)
    ours = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": database_url, "BREAKWATER_LOG_LEVEL": "error"}
    nursery = Nursery(os.environ | ours)
    yield nursery
    nursery.end()


def send_and_kill(nursery: Nursery, partner: FakePartner, body: bytes, key: str, delay: float) -> None:
    """Send a submission, and replace the server after ``delay`` seconds."""

    def send() -> None:
        with suppress(requests.RequestException):
            partner.send("POST", "submissions", body=body, headers={"Idempotency-Key": key})

    sending = threading.Thread(target=send)
    sending.start()
    time.sleep(delay)
    nursery.replace()
    sending.join()


def test_a_retry_after_a_kill_finds_or_makes_the_one_submission(nursery: Nursery) -> None:
    partner = enrol(Caller(over_http(nursery.url), nursery.token), "Platform A")
    ids: list[str] = []
    for number, delay in enumerate(DELAYS_SECONDS):
        values = [indicator() for _ in range(OBJECTS)]
        ids += [value["id"] for value in values]
        body = json.dumps({"objects": [partner.sign(value) for value in values]}).encode()
        headers = {"Idempotency-Key": f"key-{number}"}
        send_and_kill(nursery, partner, body, headers["Idempotency-Key"], delay)
        first, second = (partner.send("POST", "submissions", body=body, headers=headers) for _ in range(2))
        assert (first.status, second.status) == (201, 201)
        assert first.json == second.json
        results = first.json["results"]
        assert {result["status"] for result in results} == {"stored"}
        assert [result["log_index"] for result in results] == list(range(number * OBJECTS, (number + 1) * OBJECTS))
    assert [value["id"] for value in partner.pull_all(limit=100)] == ids
