"""Work that a broker tells of: sooner than it would be swept, in its lane, and without the broker all the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from kombu import Connection
from sqlalchemy import select

from app.domain.work import LaneName
from app.jobs import broker as broker_module
from app.jobs.broker import AnnouncedWork, Broker, BrokerAwayError
from app.services.exchange import Exchange, utc_now
from app.storage import work
from app.storage.tables import work as work_table
from tests.factories.brokers import Proxy, broker_address, proxied, queues
from tests.factories.members import Hub, started_hub

LANES = {"prompt": 2, "bulk": 1}


@pytest.fixture(scope="module")
def address() -> tuple[str, int]:
    return broker_address()


@pytest.fixture
def prefix(address: tuple[str, int]) -> Iterator[str]:
    with queues(address) as prefix:
        yield prefix


@pytest.fixture
def proxy(address: tuple[str, int]) -> Iterator[Proxy]:
    with proxied(address) as proxy:
        yield proxy


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    """A started exchange whose clock is the real one."""
    with started_hub(database_url, utc_now()) as hub:
        object.__setattr__(hub.exchange, "clock", utc_now)
        yield hub


@contextmanager
def announced(hub: Hub, proxy: Proxy, prefix: str) -> Iterator[Broker]:
    broker = Broker(proxy.url, prefix)
    running = AnnouncedWork(hub.exchange, broker, LANES)
    try:
        yield broker
    finally:
        begun = time.monotonic()
        running.stop(20)
        assert time.monotonic() - begun < 15


def add_tasks(exchange: Exchange, count: int) -> None:
    with exchange.database.write() as connection:
        for _ in range(count):
            work.add_work(connection, "release-embargoed", {}, utc_now() - timedelta(seconds=1))


def states(exchange: Exchange) -> list[tuple[str, int]]:
    with exchange.database.read() as connection:
        asked = select(work_table.c.state, work_table.c.fence).where(work_table.c.kind == "release-embargoed")
        return [tuple(row) for row in connection.execute(asked)]


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_is_told_of_is_done_once_and_before_anybody_sweeps(
    hub: Hub, proxy: Proxy, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "SWEEP_SECONDS", 600.0)
    with announced(hub, proxy, prefix):
        time.sleep(2)  # whoever sweeps has looked once
        add_tasks(hub.exchange, 20)
        wait_for(lambda: states(hub.exchange) == [("done", 1)] * 20)


def test_while_the_broker_is_away_workers_look_themselves_and_they_listen_again_when_it_is_back(
    hub: Hub, proxy: Proxy, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "SWEEP_SECONDS", 2.0)
    with announced(hub, proxy, prefix) as broker:
        time.sleep(1)
        proxy.cut()
        add_tasks(hub.exchange, 10)
        wait_for(lambda: states(hub.exchange) == [("done", 1)] * 10)
        wait_for(lambda: broker.is_away or (not add_tasks(hub.exchange, 1) and broker.is_away))
        proxy.mend()
        monkeypatch.setattr(broker_module, "SWEEP_SECONDS", 600.0)
        wait_for(lambda: not broker.is_away or (not add_tasks(hub.exchange, 1) and not broker.is_away))
        add_tasks(hub.exchange, 5)
        wait_for(lambda: all(state == ("done", 1) for state in states(hub.exchange)))


def test_a_message_is_one_integer_and_a_lost_one_costs_time_alone(proxy: Proxy, prefix: str) -> None:
    broker = Broker(proxy.url, prefix)
    broker.tell(4711, LaneName.BULK)
    with Connection(proxy.url) as connection:
        message = broker.queue(LaneName.BULK)(connection.default_channel).get(accept=["json"])
        assert message is not None
        assert (message.body, message.content_type) == ("4711", "application/json")
        message.ack()
    proxy.cut()
    with pytest.raises(BrokerAwayError):
        broker.tell(1, LaneName.BULK)
    assert broker.is_away
    broker.close()
