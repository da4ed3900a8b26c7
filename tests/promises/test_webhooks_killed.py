"""A worker that is killed while it calls a webhook: another one sends the same message again, under the same id."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from app.domain.vocabulary import Channel
from app.storage.session import Database
from app.storage.tables import webhook
from tests.factories.exchanges import FakePartner, Wanted
from tests.factories.https_servers import LOOPBACK, SILENT, Receiver, receiver
from tests.factories.leases import end_leases
from tests.factories.mortal_servers import MortalServer, mortal_server

# Names of tests are known to no resolver.
_RESOLVER = f"""
import app.egress.addresses as addresses
addresses.ask_system = lambda host: [{LOOPBACK!r}]
"""
CHANNELS = {"channels": [Channel.REST, Channel.WEBHOOK]}


@pytest.fixture
def called(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, database_url: str, called: Receiver) -> Iterator[MortalServer]:
    settings = {
        "webhook_ports": str(called.port),
        "webhook_addresses": LOOPBACK,
        "webhook_ca_file": str(called.ca_file),
    }
    with mortal_server(tmp_path / "exchange", database_url, workers=1, prelude=_RESOLVER, **settings) as server:
        yield server


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def last_state(partner: FakePartner) -> str:
    state: str = partner.get("webhooks").json["webhooks"][0]["last_message"]["state"]
    return state


def test_a_message_outlives_who_sends_it(server: MortalServer, called: Receiver, database_url: str) -> None:
    called.answers = [SILENT, 204]
    partner = server.enrol("Platform A", Wanted(agreement={"read": CHANNELS}))
    made = partner.post("webhooks", {"url": called.url, "cadence_minutes": 60}).json
    assert partner.post(f"webhooks/{made['id']}/test", {}).status == 200
    wait_for(lambda: len(called.calls) == 1)
    server.kill()
    end_leases(database_url)
    _end_call(database_url)
    server.start()
    wait_for(lambda: len(called.calls) == 2)
    wait_for(lambda: last_state(partner) == "delivered")
    first, second = (one.headers["webhook-id"] for one in called.calls)
    assert first == second
    assert partner.get("webhooks").json["webhooks"][0]["last_message"]["attempts"] == 2


def _end_call(url: str) -> None:
    """Let the time pass in which the killed worker's call could still go on."""
    database = Database(url)
    with database.write() as connection:
        connection.execute(update(webhook).values(called_until=None))
    database.dispose()
