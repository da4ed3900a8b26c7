from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from app.storage import work
from app.storage.session import Database, database_time
from app.storage.tables import work as work_table
from app.storage.work import MAX_ATTEMPTS, Task

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
LEASE = timedelta(minutes=5)
NO_LEASE = timedelta(seconds=-1)
"""A lease that has run out as soon as it is given, as that of a worker that died."""


def _add(database: Database, kind: str = "kind", due_at: datetime = LONG_AGO, **payload: object) -> None:
    with database.write() as connection:
        work.add_work(connection, kind, payload, due_at)


def _claim(database: Database, lease: timedelta = LEASE, due_by: datetime | None = None) -> Task | None:
    with database.write() as connection:
        return work.claim(connection, lease, due_by)


def _claimed(database: Database, lease: timedelta = LEASE) -> Task:
    task = _claim(database, lease)
    assert task is not None
    return task


def _state(database: Database) -> list[tuple[str, int, int]]:
    with database.read() as connection:
        rows = connection.execute(select(work_table).order_by(work_table.c.work_id))
        return [(row.state, row.attempts, row.fence) for row in rows]


def test_there_is_nothing_to_claim_where_nothing_was_added(database: Database) -> None:
    assert _claim(database) is None


def test_claimed_work_comes_with_its_payload(database: Database) -> None:
    _add(database, "back-fill", viewpoint_id=7, words=["a", "b"], nested={"x": None})
    task = _claimed(database)
    assert (task.kind, task.fence, task.attempts) == ("back-fill", 1, 1)
    assert task.payload == {"viewpoint_id": 7, "words": ["a", "b"], "nested": {"x": None}}


def test_what_is_due_first_is_claimed_first(database: Database) -> None:
    for kind, hours in (("second", 2), ("first", 1), ("also second", 2)):
        _add(database, kind, LONG_AGO + timedelta(hours=hours))
    assert [_claimed(database).kind for _round in range(3)] == ["first", "second", "also second"]
    assert _claim(database) is None


def test_what_is_not_due_waits(database: Database) -> None:
    _add(database, due_at=FAR_AHEAD)
    assert _claim(database) is None
    assert _claim(database, due_by=FAR_AHEAD - timedelta(microseconds=1)) is None
    assert _claim(database, due_by=FAR_AHEAD) is not None


def test_the_clock_that_work_is_due_by_does_not_measure_leases(database: Database) -> None:
    _add(database)
    assert _claim(database, due_by=LONG_AGO) is not None
    assert _claim(database, due_by=FAR_AHEAD) is None


def test_work_under_lease_is_not_claimed_again(database: Database) -> None:
    _add(database)
    _claimed(database)
    assert _claim(database) is None


def test_work_whose_lease_ran_out_is_claimed_under_a_new_fence(database: Database) -> None:
    _add(database)
    first, second = _claimed(database, NO_LEASE), _claimed(database)
    assert (second.work_id, second.fence, second.attempts) == (first.work_id, 2, 2)


def test_a_lease_lasts_as_long_as_it_was_given(database: Database) -> None:
    _add(database)
    _claimed(database, timedelta(seconds=0.3))
    assert _claim(database) is None
    time.sleep(0.35)
    assert _claim(database) is not None


def test_finished_work_is_done(database: Database) -> None:
    _add(database)
    task = _claimed(database)
    with database.write() as connection:
        assert work.finish(connection, task)
        assert not work.finish(connection, task)
    assert _state(database) == [("done", 1, 1)]
    assert _claim(database) is None


def test_who_lost_the_lease_and_was_replaced_writes_nothing(database: Database) -> None:
    _add(database, number=1)
    late, successor = _claimed(database, NO_LEASE), _claimed(database)
    with database.write() as connection:
        assert not work.finish(connection, late)
        assert not work.carry_on(connection, late, {"number": 2}, FAR_AHEAD)
        work.put_back(connection, late, FAR_AHEAD)
    assert _claim(database) is None, "the successor's lease was touched"
    with database.write() as connection:
        assert work.finish(connection, successor)


def test_who_lost_the_lease_and_was_not_replaced_may_finish(database: Database) -> None:
    _add(database)
    task = _claimed(database, NO_LEASE)
    with database.write() as connection:
        assert work.finish(connection, task)


def test_a_task_carries_on_with_its_progress_and_new_attempts(database: Database) -> None:
    _add(database, number=1)
    for _round in range(3):
        task = _claimed(database, NO_LEASE)
    with database.write() as connection:
        assert work.carry_on(connection, task, {"number": 2}, LONG_AGO)
    again = _claimed(database)
    assert (again.work_id, again.payload, again.attempts, again.fence) == (task.work_id, {"number": 2}, 1, 4)


def test_a_task_carries_on_when_it_is_due(database: Database) -> None:
    _add(database)
    with database.write() as connection:
        task = work.claim(connection, LEASE)
        assert task is not None
        assert work.carry_on(connection, task, {}, FAR_AHEAD)
    assert _claim(database) is None
    assert _claim(database, due_by=FAR_AHEAD) is not None


def test_a_failed_task_is_tried_again_when_it_is_due_and_its_attempts_count(database: Database) -> None:
    _add(database)
    task = _claimed(database)
    with database.write() as connection:
        work.put_back(connection, task, LONG_AGO)
    assert _claimed(database).attempts == 2


def test_claimed_work_that_is_rolled_back_was_never_claimed(database: Database) -> None:
    _add(database)
    with database.write() as connection:
        assert work.claim(connection, LEASE) is not None
        connection.rollback()
    assert _claimed(database).attempts == 1


def test_work_that_kills_its_workers_is_buried(database: Database) -> None:
    _add(database, "deadly")
    _add(database, "harmless", LONG_AGO + timedelta(hours=1))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        task = _claimed(database, NO_LEASE if attempt < MAX_ATTEMPTS else timedelta(seconds=0.2))
        assert (task.kind, task.attempts) == ("deadly", attempt)
    with database.write() as connection:
        assert work.bury_exhausted(connection) == [], "its last worker may still be at it"
    time.sleep(0.25)
    assert _claimed(database).kind == "harmless"
    with database.write() as connection:
        assert work.bury_exhausted(connection) == [task.work_id]
        assert work.bury_exhausted(connection) == []
    assert [state for state, _attempts, _fence in _state(database)] == ["dead", "waiting"]
    with database.write() as connection:
        assert not work.finish(connection, task), "dead work stays dead"


def test_waiting_and_running_work_of_a_kind_shows(database: Database) -> None:
    _add(database, "sweep", FAR_AHEAD)
    _add(database, "other")
    with database.read() as connection:
        assert work.has_waiting(connection, "sweep")
        assert not work.has_waiting(connection, "absent")
    task = _claimed(database)
    with database.write() as connection:
        assert work.has_waiting(connection, "other")
        work.finish(connection, task)
        assert not work.has_waiting(connection, "other")


@pytest.mark.parametrize("crash", [False, True], ids=["all workers live", "workers die now and then"])
def test_workers_at_once_do_each_task_once(database: Database, *, crash: bool) -> None:
    tasks, workers = 24, 4
    for number in range(tasks):
        _add(database, number=number)
    done: list[int] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            claims = 0
            while True:
                claims += 1
                dies = crash and claims % 3 == 0
                task = _claim(database, NO_LEASE if dies else LEASE)
                if task is None:
                    return
                if dies:
                    continue
                with database.write() as connection:
                    if work.finish(connection, task):
                        done.append(task.payload["number"])
        except Exception as exc:  # noqa: BLE001  # whatever it is, the test reports it
            failures.append(exc)

    threads = [threading.Thread(target=run) for _worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(done) == list(range(tasks))


def test_a_claim_does_not_wait_for_one_under_way(exchange_at_postgres: Database) -> None:
    event.listen(exchange_at_postgres.engine, "begin", lambda connection: connection.execute(text("SET LOCAL lock_timeout='1s'")))
    _add(exchange_at_postgres, "first")
    _add(exchange_at_postgres, "second")
    with exchange_at_postgres.write() as connection:
        one = work.claim(connection, LEASE)
        other = _claimed(exchange_at_postgres)
    assert one is not None
    assert {one.kind, other.kind} == {"first", "second"}


def test_leases_end_by_the_clock_of_the_database(database: Database) -> None:
    _add(database)
    with database.write() as connection:
        before = database_time(connection)
        work.claim(connection, LEASE)
        after = database_time(connection)
        leased_until = connection.execute(select(work_table.c.leased_until)).scalar_one()
    assert before + LEASE <= leased_until <= after + LEASE


def test_work_is_found_by_what_it_is_about(database: Database) -> None:
    later = LONG_AGO + timedelta(days=1)
    _add(database, "kind", later, about="b", and_more=1)
    with database.write() as connection:
        assert work.due_at_of(connection, "kind", {"and_more": 1, "about": "b"}) == later
        assert work.due_at_of(connection, "kind", {"about": "b"}) is None
        assert not work.bring_forward(connection, "another", {"and_more": 1, "about": "b"}, LONG_AGO)


def test_work_is_brought_forward_and_never_back(database: Database) -> None:
    first, second = LONG_AGO + timedelta(days=1), LONG_AGO + timedelta(days=2)
    _add(database, "kind", second, about="b")
    with database.write() as connection:
        for due_at in (first, second):
            assert work.bring_forward(connection, "kind", {"about": "b"}, due_at)
            assert work.due_at_of(connection, "kind", {"about": "b"}) == first
        work.claim(connection, LEASE, FAR_AHEAD)
        assert work.bring_forward(connection, "kind", {"about": "b"}, LONG_AGO), "what runs is there too"
