"""A reader in the middle of an answer while a withdrawal commits: either it got nothing of it, or it is told.

Readers ask all the time, on connections of their own, while an owner withdraws one object after the other and a worker sends the
notices at once. What a reader holds afterwards is compared with what it was told.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from app.domain.errors import NotFoundError, UnavailableError
from app.services.do_work import do_next
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.reading.pull import list_versions, pull_object
from tests.factories.members import Hub, Member, as_seen_by_another_worker, started_hub
from tests.factories.stix_objects import indicator

OBJECTS = 30
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
