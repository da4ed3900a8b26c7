from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from app.storage import schema, work
from app.storage.session import Database, database_time
from app.storage.tables import work as work_table
from app.storage.work import MAX_ATTEMPTS, Buried, Lane, Task
from tests.factories.leases import end_leases

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
    lease, begun = timedelta(seconds=0.3), time.monotonic()
    _claimed(database, lease)
    while _claim(database) is None:
        assert time.monotonic() - begun < 60
        time.sleep(0.01)
    assert time.monotonic() - begun >= lease.total_seconds()


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


def test_what_failed_since_somebody_else_was_away_is_no_attempt(database: Database) -> None:
    _add(database)
    for _round in range(MAX_ATTEMPTS + 1):
        task = _claimed(database)
        with database.write() as connection:
            work.put_back(connection, task, LONG_AGO, "Away at somewhere", counted=False)
    assert _claimed(database).attempts == 1


def test_a_row_tells_who_had_it_since_when_it_waits_and_why_it_failed(database: Database) -> None:
    _add(database)
    with database.write() as connection:
        task = work.claim(connection, LEASE, by="machine:7")
        assert task is not None
        work.put_back(connection, task, FAR_AHEAD, "KeyError at somewhere" * 100)
    with database.read() as connection:
        row = connection.execute(select(work_table)).one()
    assert (row.claimed_by, row.wanted_at, row.due_at) == ("machine:7", LONG_AGO, FAR_AHEAD)
    assert row.claimed_at > LONG_AGO
    assert row.failure.startswith("KeyError")
    assert len(row.failure) == 500


def test_one_row_can_be_claimed_by_its_number(database: Database) -> None:
    for number in range(3):
        _add(database, number=number)
    wanted = Lane(only=2)
    with database.write() as connection:
        task = work.claim(connection, LEASE, lane=wanted)
        assert task is not None
        assert task.work_id == 2
        assert work.claim(connection, LEASE, lane=wanted) is None


def test_in_a_fair_lane_partners_take_turns(database: Database) -> None:
    fair = Lane(fair=True)
    with database.write() as connection:
        for number in range(4):
            work.add_work(connection, "export", {"of": f"busy {number}"}, LONG_AGO, "partner-a")
        for partner in ("partner-b", "partner-c"):
            work.add_work(connection, "export", {"of": partner}, LONG_AGO + timedelta(hours=1), partner)
    turns = []
    while True:
        with database.write() as connection:
            task = work.claim(connection, LEASE, lane=fair)
            if task is None:
                break
            turns.append(task.payload["of"])
            work.finish(connection, task)
    assert turns == ["busy 0", "partner-b", "partner-c", "busy 1", "busy 2", "busy 3"]


def test_work_that_comes_back_in_a_fair_lane_waits_for_the_others_turns(database: Database) -> None:
    with database.write() as connection:
        for partner in ("partner-a", "partner-b"):
            work.add_work(connection, "export", {"of": partner}, LONG_AGO, partner)
    turns = []
    for _turn in range(6):
        with database.write() as connection:
            task = work.claim(connection, LEASE, lane=Lane(fair=True))
            assert task is not None
            turns.append(task.payload["of"])
            work.carry_on(connection, task, task.payload, LONG_AGO)
    assert turns == ["partner-a", "partner-b"] * 3


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
        task = _claimed(database, NO_LEASE if attempt < MAX_ATTEMPTS else LEASE)
        assert (task.kind, task.attempts) == ("deadly", attempt)
    with database.write() as connection:
        assert work.bury_exhausted(connection) == [], "its last worker may still be at it"
    end_leases(database.engine.url.render_as_string(hide_password=False))
    assert _claimed(database).kind == "harmless"
    with database.write() as connection:
        assert work.bury_exhausted(connection) == [Buried(task.work_id, "deadly", {}, None)]
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


def test_work_from_before_an_upgrade_is_done_after_it(database: Database) -> None:
    _add(database, "first", number=1)
    _add(database, "second", LONG_AGO + timedelta(hours=1))
    _claimed(database, NO_LEASE)
    url = database.engine.url.render_as_string(hide_password=False)
    schema.downgrade(url, "0020")
    database.dispose()
    schema.migrate(url)
    task = _claimed(database)
    assert (task.kind, task.payload, task.attempts, task.fence) == ("first", {"number": 1}, 2, 2)
    with database.write() as connection:
        assert work.finish(connection, task)
    assert _claimed(database).kind == "second"


def test_claiming_reads_indexes_alone_beside_many_done_rows(database: Database) -> None:
    columns = "kind, payload, state, attempts, fence, due_at, partner_id"
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)"
    due = "'2026-01-01 00:00:00.000000'" if database.is_sqlite else "timestamptz '2026-01-01 00:00:00+00'"
    rows = f"SELECT 'webhook', '{{}}', 'done', 1, 1, {due}, 'partner-' || n % 50 FROM numbers"  # noqa: S608  # our own words
    with database.write() as connection:
        connection.execute(text(f"INSERT INTO work ({columns}) {numbers} {rows}"))
        work.add_work(connection, "webhook", {}, LONG_AGO, "partner-1")
        connection.execute(text("ANALYZE work"))
    asked: list[tuple[str, object]] = []

    def note(*heard: Any) -> None:
        if "work" in heard[2]:
            asked.append((heard[2], heard[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.write() as connection:
        work.bury_exhausted(connection)
        task = work.claim(connection, LEASE, lane=Lane(frozenset({"webhook"}), but_those=False, fair=True))
        assert task is not None
        work.finish(connection, task)
    event.remove(database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    assert len(asked) == 4
    with database.write() as connection:
        for statement, parameters in asked:
            plan = str(connection.exec_driver_sql(explain + statement, parameters).all())
            assert "SCAN work" not in plan, plan
            assert "Seq Scan" not in plan, plan
