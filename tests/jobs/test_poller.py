"""The poller: each task once, whatever fails, until it is stopped."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from app.jobs.poller import INTERVAL_SECONDS, Poller, start_pollers
from app.redaction.records import install
from app.services.do_work import PERIODIC, SWEEP, do_next
from app.services.exchange import Exchange, utc_now
from app.storage import work
from app.storage.tables import work as work_table
from tests.factories.mail_servers import mail_server
from tests.factories.members import Hub, as_seen_by_another_worker, serving, started_hub
from tests.factories.stix_objects import indicator
from tests.factories.urgent import add_contacts, address, connect, urgent_indicator

QUICK_SECONDS = 0.02


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    """A started exchange whose clock is the real one: pollers do not wait for tests to move it."""
    with started_hub(database_url, utc_now()) as hub:
        object.__setattr__(hub.exchange, "clock", utc_now)
        yield hub


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def rows(exchange: Exchange) -> list[tuple[str, str, int]]:
    """Give kind, state and number of claims of everything on the ledger."""
    with exchange.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(work_table.c.kind, work_table.c.state, work_table.c.fence))]


def add_tasks(exchange: Exchange, count: int) -> None:
    with exchange.database.write() as connection:
        for _ in range(count):
            work.add_work(connection, "release-embargoed", {}, utc_now() - timedelta(seconds=1))


def is_all_done(exchange: Exchange) -> bool:
    return all(state == "done" for kind, state, _ in rows(exchange) if kind not in PERIODIC)


def test_two_pollers_do_each_task_once(hub: Hub) -> None:
    add_tasks(hub.exchange, 30)
    other = as_seen_by_another_worker(hub.exchange)
    pollers = [Poller(exchange, QUICK_SECONDS).start() for exchange in (hub.exchange, other)]
    wait_for(lambda: is_all_done(hub.exchange))
    for poller in pollers:
        poller.stop()
    other.database.dispose()
    assert [fence for kind, _, fence in rows(hub.exchange) if kind == "release-embargoed"] == [1] * 30


def test_periodic_work_is_there_once_however_many_pollers_start(hub: Hub) -> None:
    pollers = [Poller(hub.exchange, QUICK_SECONDS).start() for _ in range(3)]
    wait_for(lambda: any(kind == SWEEP and fence == 1 for kind, _, fence in rows(hub.exchange)))
    for poller in pollers:
        poller.stop()
    assert [kind for kind, _, _ in rows(hub.exchange)].count(SWEEP) == 1


def test_an_embargo_ends_by_itself(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    publisher.hub.clock.now = utc_now()
    passed = [timedelta()]
    object.__setattr__(hub.exchange, "clock", lambda: utc_now() + passed[-1])
    release_at = datetime.now(UTC) + timedelta(hours=1)
    marking = publisher.mark(publisher.everybody, release_at=release_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    value = indicator()
    publisher.store(value | {"object_marking_refs": [marking]})
    poller = Poller(hub.exchange, QUICK_SECONDS).start()
    _, cursor = reader.pull()
    assert value["id"] not in {stix_id for stix_id, _ in reader.sees()}
    passed.append(timedelta(hours=1))
    wait_for(lambda: value["id"] in {stix_id for stix_id, _ in reader.sees()})
    poller.stop()
    new, _ = reader.pull(cursor)
    assert value["id"] in {one["id"] for one in new}, "it comes behind the cursor that the reader had"


def test_a_task_that_fails_is_reported_without_values_and_the_next_is_done(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    with hub.exchange.database.write() as connection:
        work.add_work(connection, "no-such-kind-of-work", {"secret": "value"}, utc_now() - timedelta(seconds=9))
    add_tasks(hub.exchange, 1)
    with caplog.at_level(logging.INFO, "breakwater.work"):
        poller = Poller(hub.exchange, QUICK_SECONDS).start()
        wait_for(lambda: ("release-embargoed", "done", 1) in rows(hub.exchange))
        wait_for(lambda: bool(caplog.records))
        poller.stop()
    told = caplog.text
    assert "work failed: KeyError at " in told
    assert "do_work.py:" in told
    assert "no-such-kind" not in told
    assert "secret" not in told
    assert ("no-such-kind-of-work", "waiting", 1) in rows(hub.exchange)


def test_a_database_that_is_away_is_waited_for(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    away = postgres_url.replace("breakwater_test_", "breakwater_gone_")
    with serving(away, utc_now) as exchange:
        poller = Poller(exchange, QUICK_SECONDS).start()
        wait_for(lambda: len(caplog.records) >= 2)
        poller.stop()
    assert {record.getMessage() for record in caplog.records} == {"work waits: the database or the signer is away"}


def test_pauses_grow_while_the_database_is_away_and_have_an_end(hub: Hub) -> None:
    poller = Poller(hub.exchange)
    assert 0.75 * INTERVAL_SECONDS <= poller._pause_seconds(0) <= 1.25 * INTERVAL_SECONDS
    assert poller._pause_seconds(3) > 1.25 * INTERVAL_SECONDS
    assert poller._pause_seconds(10_000) <= 1.25 * 30


def test_an_idle_poller_looks_once_an_interval(hub: Hub) -> None:
    looks: list[object] = []
    event.listen(hub.exchange.database.engine, "begin", looks.append)
    begun = time.monotonic()
    poller = Poller(hub.exchange, 0.2).start()
    wait_for(lambda: time.monotonic() - begun > 1 and len(looks) >= 3)
    poller.stop()
    intervals = (time.monotonic() - begun) / (0.75 * 0.2)
    assert len(looks) <= 5 + intervals + 2 * len(PERIODIC)  # what is done at the start of everything periodic among them


def test_a_stopped_poller_does_nothing_more(hub: Hub) -> None:
    poller = Poller(hub.exchange, QUICK_SECONDS).start()
    poller.stop()
    add_tasks(hub.exchange, 1)
    with hub.exchange.database.write() as connection:
        connection.execute(update(work_table).values(due_at=utc_now()))
    time.sleep(0.2)
    assert ("release-embargoed", "waiting", 0) in rows(hub.exchange)


def test_what_is_started_works_on_the_ledger_and_calls_people(hub: Hub) -> None:
    with mail_server() as server:
        connect(hub, server.relay())
        object.__setattr__(hub.exchange, "clock", utc_now)
        hotline, agency = hub.enrol("Hotline A"), hub.enrol("Agency A")
        add_contacts(agency)
        pollers = start_pollers(hub.exchange)
        hotline.store(urgent_indicator())
        wait_for(lambda: bool(server.to(address(agency, 1))))
        begun = time.monotonic()
        pollers.stop()
        assert time.monotonic() - begun < 10
    assert len(server.to(address(agency, 1))) == 1


def test_stopping_lets_an_idle_poller_go_at_once(hub: Hub) -> None:
    poller = Poller(hub.exchange, 60).start()
    time.sleep(0.2)
    begun = time.monotonic()
    poller.stop()
    assert time.monotonic() - begun < 5


@pytest.mark.usefixtures("kept_hooks")
def test_a_failure_says_of_which_piece_of_work_and_what_comes_later_does_not(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    install("json")
    turns: list[bool] = []

    def step(exchange: Exchange) -> bool:
        if turns:
            logging.getLogger("breakwater.work").warning("later")
        turns.append(True)
        return do_next(exchange)

    with hub.exchange.database.write() as connection:
        work.add_work(connection, "no-such-kind-of-work", {}, utc_now() - timedelta(days=9))
    poller = Poller(hub.exchange, QUICK_SECONDS, step).start()
    wait_for(lambda: len(turns) > 2)
    poller.stop()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [failed] = [line for line in lines if line["message"].startswith("work failed: KeyError")]
    assert failed["job_kind"] == "no-such-kind-of-work"
    assert failed["job"] > 0
    assert not any("job" in line for line in lines if line["message"] == "later")
