"""A server killed between a request and its retry: with the idempotency key, nothing is lost and nothing is done twice."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.factories.exchanges import FakePartner
from tests.factories.mortal_servers import MortalServer, mortal_server
from tests.factories.stix_objects import indicator

# How long the server lives after a request was sent: into authentication, into the transaction, past it.
DELAYS_SECONDS = [0.0, 0.02, 0.06, 0.15]
OBJECTS = 40


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[MortalServer]:
    with mortal_server(tmp_path / "exchange", database_url, workers=1) as server:
        yield server


def send_and_kill(server: MortalServer, partner: FakePartner, body: bytes, key: str, delay: float) -> None:
    """Send a submission, and replace the server after ``delay`` seconds."""

    def send() -> None:
        with suppress(requests.RequestException):
            partner.send("POST", "submissions", body=body, headers={"Idempotency-Key": key})

    sending = threading.Thread(target=send)
    sending.start()
    time.sleep(delay)
    server.replace()
    sending.join()


def test_a_retry_after_a_kill_finds_or_makes_the_one_submission(server: MortalServer) -> None:
    partner = server.enrol("Platform A")
    ids: list[str] = []
    log_indexes: list[int] = []
    for number, delay in enumerate(DELAYS_SECONDS):
        values = [indicator() for _ in range(OBJECTS)]
        ids += [value["id"] for value in values]
        body = json.dumps({"objects": [partner.sign(value) for value in values]}).encode()
        headers = {"Idempotency-Key": f"key-{number}"}
        send_and_kill(server, partner, body, headers["Idempotency-Key"], delay)
        first, second = (partner.send("POST", "submissions", body=body, headers=headers) for _ in range(2))
        assert (first.status, second.status) == (201, 201)
        assert first.json == second.json
        results = first.json["results"]
        assert {result["status"] for result in results} == {"stored"}
        log_indexes += [result["log_index"] for result in results]
    other = partner.submit(indicator(), headers={"Idempotency-Key": "key-0"})
    assert (other.status, other.code) == (409, "idempotency-key-reused")
    assert log_indexes == list(range(log_indexes[0], log_indexes[0] + len(ids)))
    assert [value["id"] for value in partner.pull_all(limit=100)] == ids
