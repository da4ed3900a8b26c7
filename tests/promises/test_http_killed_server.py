"""A server that is killed between a request and its retry: with the idempotency key, nothing is lost and nothing is done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from app.crypto.keys import PrivateKey
from tests.factories.exchanges import Caller, FakePartner, Wanted, enrol, over_http
from tests.factories.stix_objects import indicator

ROOT = Path(__file__).parents[2]
SERVER = """
import sys
from werkzeug.serving import make_server
from app.config import Settings
from app.factory import create_app
import os
server = make_server("127.0.0.1", 0, create_app(Settings.from_environment(os.environ)), threaded=True)
print(server.port, flush=True)
server.serve_forever()
"""
START = """
import os
from app.config import Settings
from app.factory import create_exchange
from app.services.start_exchange import start_exchange
exchange = create_exchange(Settings.from_environment(os.environ))
print(start_exchange(exchange, "operator").token)
exchange.database.dispose()
"""
# How long the server lives after a request was sent: into authentication, into the transaction, past it.
DELAYS_SECONDS = [0.0, 0.01, 0.03, 0.08]
OBJECTS = 40


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    (tmp_path / "keys").mkdir()
    for name, content in {"signing.pem": PrivateKey.generate().to_pem(), "cursor.keys": b"QUJD" * 21 + b"QQ=="}.items():
        (tmp_path / "keys" / name).write_bytes(content)
        (tmp_path / "keys" / name).chmod(0o600)
    ours = {"BREAKWATER_HOME": str(tmp_path), "BREAKWATER_DATABASE_URL": database_url, "BREAKWATER_LOG_LEVEL": "error"}
    return os.environ | ours


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", SERVER]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield process, f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.communicate()


def started(environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def send_and_kill(partner: FakePartner, process: subprocess.Popen[str], body: dict[str, Any], key: str, delay: float) -> None:
    """Send a submission and kill the server after ``delay`` seconds, whatever it is doing then."""

    def send() -> None:
        with suppress(requests.RequestException):
            partner.post("submissions", body, headers={"Idempotency-Key": key})

    sending = threading.Thread(target=send)
    sending.start()
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    sending.join()


def test_a_retry_after_a_kill_finds_or_makes_the_one_submission(environment: dict[str, str]) -> None:
    token = started(environment)
    with serving(environment) as (_, url):
        partner = enrol(Caller(over_http(url), token), "Platform A", Wanted())
    ids: list[str] = []
    for number, delay in enumerate(DELAYS_SECONDS):
        values = [indicator() for _ in range(OBJECTS)]
        ids += [value["id"] for value in values]
        body = {"objects": [partner.sign(value) for value in values]}
        with serving(environment) as (process, url):
            partner.transport = over_http(url)
            send_and_kill(partner, process, body, f"key-{number}", delay)
        with serving(environment) as (_, url):
            partner.transport = over_http(url)
            answers = [partner.post("submissions", body, headers={"Idempotency-Key": f"key-{number}"}) for _ in range(2)]
            assert [answer.status for answer in answers] == [201, 201]
            assert json.loads(answers[0].body) == json.loads(answers[1].body)
            assert {result["status"] for result in answers[0].json["results"]} == {"stored"}
            assert [result["log_index"] for result in answers[0].json["results"]] == list(
                range(number * OBJECTS, (number + 1) * OBJECTS)
            )
    with serving(environment) as (_, url):
        partner.transport = over_http(url)
        assert [value["id"] for value in partner.pull_all(limit=100)] == ids
