"""A reader in the middle of an answer while a withdrawal commits: either it got nothing of it, or it is told.

Readers ask all the time, on connections of their own, while an owner withdraws one object after the other and a worker sends the
notices at once. What a reader holds afterwards is compared with what it was told.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.domain.disclosure import Disclosure
from app.domain.errors import NotFoundError, UnavailableError
from app.services.do_work import do_next
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.reading.pull import list_versions, pull_object
from app.services.reading.visible_set import looking
from app.storage import disclosures, feed
from app.storage.disclosures import Given
from app.storage.feed import Filters, Window
from app.storage.session import Connection
from tests.factories.members import Hub, Member, as_seen_by_another_worker, started_hub
from tests.factories.stix_objects import indicator

OBJECTS = 18
READERS = 3
PAUSE_SECONDS = 0.05


class Reading(threading.Thread):
    """Reads whatever is there, by pages and by id, until it is told to stop, and keeps what it got."""

    def __init__(self, hub: Hub, member: Member, stix_ids: list[str], number: int) -> None:
        super().__init__()
        self.member, self.number = member, number
        self.got: set[str] = set()
        self.faults: list[Exception] = []
        self.stopping = threading.Event()
        self._stix_ids, self._exchange = stix_ids, as_seen_by_another_worker(hub.exchange)
        self._reader = member.reader()

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                for place, stix_id in enumerate(self._stix_ids):
                    if place % READERS == self.number:
                        self._look_up(stix_id)
        except Exception as fault:  # noqa: BLE001  # whatever a thread raises is the test's to judge
            self.faults.append(fault)
        finally:
            self._exchange.database.dispose()

    def _look_up(self, stix_id: str) -> None:
        try:
            given = pull_object(self._exchange, self._reader, stix_id)
            self.got.update(json.loads(body)["id"] for body in given.objects)
            list_versions(self._exchange, self._reader, stix_id)
        except (NotFoundError, UnavailableError):
            return


def told(member: Member) -> set[str]:
    notices: list[dict[str, Any]] = [one for one in member.pull()[0] if one["type"] == "recall-notice"]
    return {one["stix_id"] for notice in notices for one in notice["recalled"]}


def test_whoever_got_anything_of_what_was_withdrawn_meanwhile_is_told(database_url: str) -> None:
    with started_hub(database_url) as hub:
        owner, readers = hub.enrol("Owner"), [hub.enrol(f"Reader {number}") for number in range(READERS)]
        stranger = hub.enrol("Stranger")
        values = [indicator() for _ in range(OBJECTS)]
        owner.store(*values)
        hub.work()
        reading = [Reading(hub, member, [value["id"] for value in values], number) for number, member in enumerate(readers)]
        for one in reading:
            one.start()
        for value in values:
            time.sleep(PAUSE_SECONDS)  # SQLite is not fair: without it nobody else's write would come through
            withdraw(hub.exchange, owner.principal, WithdrawalRequest(value["id"]))
            while do_next(hub.exchange):
                pass
        for one in reading:
            one.stopping.set()
            one.join()
        hub.work()
        assert [one.faults for one in reading] == [[]] * READERS
        for one in reading:
            assert told(one.member) == one.got
        assert any(one.got for one in reading)
        assert told(stranger) == set()


def test_two_withdrawals_at_once_of_one_object_are_one(database_url: str) -> None:
    with started_hub(database_url) as hub:
        owner = hub.enrol("Owner")
        value = indicator()
        owner.store(value)
        ends: list[object] = []

        def act() -> None:
            try:
                ends.append(withdraw(hub.exchange, owner.principal, WithdrawalRequest(value["id"])))
            except NotFoundError as refusal:
                ends.append(refusal)

        threads = [threading.Thread(target=act) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(isinstance(end, NotFoundError) for end in ends) == [False, True]
        with pytest.raises(NotFoundError):
            owner.look_up(value["id"])


# --- at each point of one answer ----------------------------------------------------------------------------------------------


def withdrawn_and_told(hub: Hub, owner: Member, stix_id: str) -> None:
    withdraw(hub.exchange, owner.principal, WithdrawalRequest(stix_id))
    while do_next(hub.exchange):
        pass


@pytest.fixture
def pair(hub_on_both: Hub) -> tuple[Member, Member]:
    """An owner, and a reader who has looked before."""
    owner, reader = hub_on_both.enrol("Owner"), hub_on_both.enrol("Reader")
    reader.page()
    hub_on_both.work()
    return owner, reader


@pytest.fixture
def hub_on_both(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


def test_between_snapshot_and_ledger_the_withdrawal_wins(
    hub_on_both: Hub, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, reader = pair
    value = indicator()
    owner.store(value)
    real, once = disclosures.add_disclosure, [True]

    def overtaken(connection: Connection, *arguments: Any, **named: Any) -> Any:
        if once and once.pop():
            # In its own transaction before the reader's has written anything; on SQLite that holds the write lock already.
            end_of_race.append(start(lambda: withdrawn_and_told(hub_on_both, owner, value["id"])))
            if connection.dialect.name == "postgresql":
                end_of_race[0].join(10)
        return real(connection, *arguments, **named)

    end_of_race: list[threading.Thread] = []
    monkeypatch.setattr(disclosures, "add_disclosure", overtaken)
    got = {json.loads(body)["id"] for body in reader.page().objects}
    end_of_race[0].join()
    hub_on_both.work()
    assert told(reader) == got
    if not hub_on_both.exchange.database.is_sqlite:
        assert got == set()


def test_a_recall_waits_for_rows_that_are_being_written(hub_on_both: Hub, pair: tuple[Member, Member]) -> None:
    owner, reader = pair
    value = indicator()
    owner.store(value)
    exchange, reading = hub_on_both.exchange, reader.reader()
    with looking(exchange, reading.key, hub_on_both.clock.now) as look:
        [entry] = feed.page(look.connection, look.viewpoint, Window(0, 10, look.now), Filters())
    row = Disclosure(reader.id, "a credential", reading.purpose, reading.channel, 1, 1, look.now, (entry.version_id,))
    with exchange.database.write() as connection:
        assert disclosures.add_disclosure(connection, row, Given({entry.class_id}, look.newest_recall)) is not None
        racing = start(lambda: withdrawn_and_told(hub_on_both, owner, value["id"]))
        racing.join(1)
        assert racing.is_alive(), "the recall did not wait"
    racing.join()
    hub_on_both.work()
    assert told(reader) == {value["id"]}


def start(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread
