"""Keeps the lease of work that takes minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.services.exchange import Exchange
from app.services.held_work import LEASE, HeldWork, LeaseLostError
from app.storage import work
from app.storage.work import Task
from tests.factories.members import Hub

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def claimed(exchange: Exchange, lease: timedelta = LEASE) -> Task:
    with exchange.database.write() as connection:
        task = work.claim(connection, lease, lane=work.Lane(frozenset({"long"}), but_those=False))
    assert task is not None
    return task


@pytest.fixture
def exchange(quick_hub: Hub) -> Exchange:
    exchange: Exchange = quick_hub.exchange
    with exchange.database.write() as connection:
        work.add_work(connection, "long", {}, NOW)
    return exchange


def test_work_is_held_while_whoever_does_it_writes(exchange: Exchange) -> None:
    held = HeldWork(exchange, claimed(exchange))
    with held.write() as connection:
        assert work.finish(connection, held.task)


def test_work_that_another_worker_took_over_is_not_written(exchange: Exchange) -> None:
    held = HeldWork(exchange, claimed(exchange, timedelta(0)))
    claimed(exchange)
    with pytest.raises(LeaseLostError), held.write():
        pytest.fail("it is not held")
    with pytest.raises(LeaseLostError):
        held.keep()


def test_keeping_work_holds_it_for_longer(exchange: Exchange) -> None:
    held = HeldWork(exchange, claimed(exchange, timedelta(0)))
    held.keep()
    with exchange.database.write() as connection:
        assert work.claim(connection, LEASE, lane=work.Lane(frozenset({"long"}), but_those=False)) is None
