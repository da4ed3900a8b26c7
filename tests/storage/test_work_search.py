"""Keeps how the work ledger is looked at and intervened in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.work import Job, WorkState
from app.storage import work, work_search
from app.storage.session import Database
from app.storage.work import Lane, Task
from app.storage.work_search import Standing, Wanted

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=5)


def _add(database: Database, kind: str, due_at: datetime = LONG_AGO, partner_id: str | None = None) -> None:
    with database.write() as connection:
        work.add_work(connection, kind, {"secret": "value"}, due_at, partner_id)


def _claimed(database: Database, only: int) -> Task:
    with database.write() as connection:
        task = work.claim(connection, LEASE, lane=Lane(only=only), by="machine:7")
    assert task is not None
    return task


def _job(database: Database, work_id: int) -> Job:
    with database.write() as connection:
        job = work_search.job_by_id(connection, work_id, to_change=True)
    assert job is not None
    return job


def test_jobs_are_listed_by_pages_and_by_what_is_asked(database: Database) -> None:
    for number in range(5):
        _add(database, "export" if number % 2 else "webhook", partner_id=f"partner-{number}")
    with database.write() as connection:
        found = work_search.jobs(connection, Wanted(), None, 3)
        assert [one.work_id for one in found] == [5, 4, 3]
        assert [one.work_id for one in work_search.jobs(connection, Wanted(), 3, 3)] == [2, 1]
        asked = Wanted(WorkState.WAITING, "export", "partner-3")
        assert [one.work_id for one in work_search.jobs(connection, asked, None, 3)] == [4]
        assert work_search.jobs(connection, Wanted(WorkState.DEAD), None, 3) == []
        assert work_search.job_by_id(connection, 6) is None


def test_a_job_that_somebody_holds_runs(database: Database) -> None:
    _add(database, "export")
    assert not _job(database, 1).is_running
    task = _claimed(database, 1)
    assert _job(database, 1).is_running
    assert _job(database, 1).claimed_by == "machine:7"
    with database.write() as connection:
        work.finish(connection, task)
    assert not _job(database, 1).is_running


def test_whoever_held_a_job_that_was_cancelled_or_retried_writes_nothing(database: Database) -> None:
    _add(database, "export")
    held = _claimed(database, 1)
    with database.write() as connection:
        work_search.cancel(connection, 1, LONG_AGO)
        assert not work.finish(connection, held)
        assert not work.renew(connection, held, LEASE)
    assert _job(database, 1).state is WorkState.CANCELLED
    with database.write() as connection:
        work_search.try_again(connection, 1, LONG_AGO)
        assert not work.finish(connection, held)
    assert _claimed(database, 1).attempts == 1


def test_what_is_retried_is_due_at_once(database: Database) -> None:
    _add(database, "export", datetime(2100, 1, 1, tzinfo=UTC))
    with database.write() as connection:
        work_search.try_again(connection, 1, LONG_AGO + HOUR)
    assert (_job(database, 1).due_at, _job(database, 1).wanted_at) == (LONG_AGO + HOUR, LONG_AGO + HOUR)


def test_how_work_stands_is_told_by_kind_and_putting_it_off_hides_nothing(database: Database) -> None:
    for kind, due_at in (("a", LONG_AGO), ("a", LONG_AGO + HOUR), ("b", LONG_AGO + 5 * HOUR), ("c", LONG_AGO), ("d", LONG_AGO)):
        _add(database, kind, due_at)
    failed = _claimed(database, 1)
    with database.write() as connection:
        work.put_back(connection, failed, LONG_AGO + 9 * HOUR, "KeyError at somewhere")
    _claimed(database, 4)
    with database.write() as connection:
        work.finish(connection, _task := work.claim(connection, LEASE, lane=Lane(only=5)) or failed)
        found = work_search.standings(connection, LONG_AGO + 2 * HOUR)
    assert found == [Standing("a", 2, 0, 0, LONG_AGO), Standing("b", 1, 0, 0, None), Standing("c", 0, 1, 0, None)]


def test_dead_work_is_counted(database: Database) -> None:
    _add(database, "a")
    for _attempt in range(work.MAX_ATTEMPTS):
        with database.write() as connection:
            work.claim(connection, timedelta(seconds=-1))
    with database.write() as connection:
        work.bury_exhausted(connection)
        assert work_search.standings(connection, LONG_AGO) == [Standing("a", 0, 0, 1, None)]
