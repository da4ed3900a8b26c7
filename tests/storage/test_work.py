"""The work ledger: leases, fences, and what happens to those who come late."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from app.storage import work
from app.storage.session import Database
from app.storage.work import MAX_ATTEMPTS, Task

LONG, OVER = timedelta(hours=1), timedelta(0)
PAST = datetime(2026, 1, 1, tzinfo=UTC)
FUTURE = datetime(9000, 1, 1, tzinfo=UTC)


def _add(database: Database, *names: str, due_at: datetime = PAST) -> None:
    with database.write() as connection:
        for name in names:
            work.add_work(connection, "back-fill", {"name": name}, due_at)


def _claim(database: Database, lease: timedelta = LONG, due_by: datetime | None = None) -> Task | None:
    with database.write() as connection:
        return work.claim(connection, lease, due_by)


def _claimed(database: Database, lease: timedelta = LONG) -> Task:
    task = _claim(database, lease)
    assert task is not None
    return task


def _finish(database: Database, task: Task) -> bool:
    with database.write() as connection:
        return work.finish(connection, task)


# --- claiming -------------------------------------------------------------------------------------------------------------------


def test_a_task_says_what_was_put_on_the_ledger(database: Database) -> None:
    with database.write() as connection:
        work.add_work(connection, "back-fill", {"viewpoint": 7, "upto": [1, None]}, PAST)

    assert _claim(database) == Task(1, "back-fill", {"viewpoint": 7, "upto": [1, None]}, fence=1, attempts=1)


def test_where_nothing_is_due_nothing_is_claimed(database: Database) -> None:
    _add(database, "later", due_at=FUTURE)

    assert _claim(database) is None


def test_what_is_due_longest_comes_first(database: Database) -> None:
    _add(database, "second", due_at=PAST + LONG)
    _add(database, "first", "and then")

    assert [_claimed(database).payload["name"] for _ in range(3)] == ["first", "and then", "second"]


@pytest.mark.parametrize(("due_by", "is_due"), [(FUTURE - LONG, False), (FUTURE, True)])
def test_what_is_due_may_go_by_the_clock_of_the_caller(database: Database, due_by: datetime, *, is_due: bool) -> None:
    _add(database, "later", due_at=FUTURE)

    assert (_claim(database, due_by=due_by) is not None) is is_due


def test_a_leased_task_is_not_claimed_again(database: Database) -> None:
    _add(database, "one")
    _claimed(database)

    assert _claim(database) is None


def test_a_task_whose_lease_ran_out_is_claimed_under_a_new_fence(database: Database) -> None:
    _add(database, "one")
    first, second = _claimed(database, OVER), _claimed(database)

    assert (first.work_id, second.work_id) == (1, 1)
    assert (second.fence, second.attempts) == (2, 2)


def test_a_claim_that_is_rolled_back_never_was(database: Database) -> None:
    _add(database, "one")

    def fail() -> None:
        with database.write() as connection:
            assert work.claim(connection, LONG) is not None
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()

    assert _claimed(database).attempts == 1


def test_workers_that_claim_at_once_get_different_tasks(database: Database) -> None:
    names = [f"task {number}" for number in range(12)]
    _add(database, *names)
    start = threading.Barrier(4)

    def take_all() -> list[str]:
        start.wait()
        taken = []
        while True:
            with database.write() as connection:
                task = work.claim(connection, LONG)
                time.sleep(0.002)  # claimed, the commit is still to come
            if task is None:
                return taken
            taken.append(task.payload["name"])

    with ThreadPoolExecutor(4) as pool:
        taken = [name for future in [pool.submit(take_all) for _ in range(4)] for name in future.result()]

    assert sorted(taken) == sorted(names)


def test_workers_on_postgresql_do_not_wait_for_each_other(postgres_url: str) -> None:
    database = Database(postgres_url)
    _add(database, "one", "two")
    with database.write() as first, database.write() as second:
        second.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        tasks = [work.claim(connection, LONG) for connection in (first, second, first)]
    database.dispose()

    assert [task and task.work_id for task in tasks] == [1, 2, None]


# --- finishing ------------------------------------------------------------------------------------------------------------------


def test_a_finished_task_is_not_claimed_again(database: Database) -> None:
    _add(database, "one")

    assert _finish(database, _claimed(database, OVER))
    assert _claim(database) is None


def test_a_task_is_finished_once(database: Database) -> None:
    _add(database, "one")
    task = _claimed(database)

    assert [_finish(database, task), _finish(database, task)] == [True, False]


def test_a_worker_that_was_overtaken_does_not_finish(database: Database) -> None:
    _add(database, "one")
    late, current = _claimed(database, OVER), _claimed(database)

    assert [_finish(database, late), _finish(database, current)] == [False, True]


def test_a_worker_that_is_late_but_was_not_overtaken_finishes(database: Database) -> None:
    _add(database, "one")

    assert _finish(database, _claimed(database, OVER))


def test_a_worker_that_was_overtaken_does_not_carry_on(database: Database) -> None:
    _add(database, "one")
    late = _claimed(database, OVER)
    _claimed(database)
    with database.write() as connection:
        carried = work.carry_on(connection, late, {"name": "late"}, PAST)

    assert not carried
    assert _claim(database) is None


def test_a_worker_that_was_overtaken_puts_nothing_back(database: Database) -> None:
    _add(database, "one")
    late = _claimed(database, OVER)
    _claimed(database)
    with database.write() as connection:
        work.put_back(connection, late, PAST)

    assert _claim(database) is None


def test_a_task_is_carried_on_with_its_progress_and_attempts_anew(database: Database) -> None:
    _add(database, "one")
    task = _claimed(database)
    with database.write() as connection:
        assert work.carry_on(connection, task, {"name": "half"}, PAST)

    assert _claim(database) == Task(1, "back-fill", {"name": "half"}, fence=2, attempts=1)


def test_a_task_that_failed_waits_for_its_time(database: Database) -> None:
    _add(database, "one")
    task = _claimed(database)
    with database.write() as connection:
        work.put_back(connection, task, FUTURE)

    assert _claim(database) is None
    assert _claim(database, due_by=FUTURE) == Task(1, "back-fill", {"name": "one"}, fence=2, attempts=2)


# --- giving up ------------------------------------------------------------------------------------------------------------------


def _spent(database: Database, last_lease: timedelta = OVER) -> Task:
    _add(database, "deadly")
    for _ in range(MAX_ATTEMPTS - 1):
        _claimed(database, OVER)
    return _claimed(database, last_lease)


def _buried(database: Database) -> list[int]:
    with database.write() as connection:
        return work.bury_exhausted(connection)


def test_a_task_claimed_too_often_is_not_claimed_again(database: Database) -> None:
    assert _spent(database).attempts == MAX_ATTEMPTS
    assert _claim(database) is None


def test_a_task_claimed_too_often_is_buried_once(database: Database) -> None:
    task = _spent(database)

    assert [_buried(database), _buried(database)] == [[task.work_id], []]


def test_a_buried_task_is_not_finished_any_more(database: Database) -> None:
    task = _spent(database)
    _buried(database)

    assert not _finish(database, task)


def test_the_last_attempt_may_run_to_the_end_of_its_lease(database: Database) -> None:
    task = _spent(database, LONG)

    assert _buried(database) == []
    assert _finish(database, task)


def test_a_task_with_attempts_left_is_not_buried(database: Database) -> None:
    _add(database, "one")
    _claimed(database, OVER)

    assert _buried(database) == []


# --- periodic work --------------------------------------------------------------------------------------------------------------


def test_work_is_waiting_from_when_it_is_added_until_it_is_finished(database: Database) -> None:
    def waiting() -> bool:
        with database.read() as connection:
            return work.has_waiting(connection, "back-fill")

    seen = [waiting()]
    _add(database, "one")
    seen.append(waiting())
    task = _claimed(database)
    seen.append(waiting())
    _finish(database, task)
    seen.append(waiting())

    assert seen == [False, True, True, False]


def test_work_of_another_kind_is_not_waited_for(database: Database) -> None:
    _add(database, "one")

    with database.read() as connection:
        assert not work.has_waiting(connection, "release")
