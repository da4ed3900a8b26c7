from __future__ import annotations

import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.domain.errors import ConflictError
from app.domain.vocabulary import Harm
from app.storage import counter, objects
from app.storage.counter import Order
from app.storage.session import Database
from app.storage.tables import log_leaf, object_version
from tests.factories.policy_values import NOW, SECOND
from tests.storage import samples

MICROSECOND = timedelta(microseconds=1)


def _fresh() -> Order:
    return Order(position=0, log_index=-1, version_id=0, class_id=0, added_at=NOW)


def test_a_new_exchange_has_given_out_nothing(exchange: Database) -> None:
    with exchange.read() as connection:
        assert counter.read_order(connection) == _fresh()


def test_an_exchange_has_one_counter(exchange: Database) -> None:
    with pytest.raises(ConflictError), exchange.write() as connection:
        counter.start_order(connection, NOW)


def test_first_numbers_are_one_but_the_log_starts_at_zero() -> None:
    order = _fresh()
    assert order.next_position(NOW)[0] == 1
    assert (order.next_version_id(), order.next_class_id(), order.next_log_index()) == (1, 1, 0)


def test_dates_follow_the_clock_and_never_stand_still() -> None:
    order = _fresh()
    assert order.next_instant(NOW + SECOND) == NOW + SECOND
    assert order.next_instant(NOW + SECOND) == NOW + SECOND + MICROSECOND
    assert order.next_instant(NOW - SECOND) == NOW + SECOND + 2 * MICROSECOND
    assert order.next_position(NOW + 2 * SECOND) == (1, NOW + 2 * SECOND)


@pytest.mark.parametrize("count", [1, 2, 999, 1000, 1001, 5000])
@pytest.mark.parametrize("since_last", [-5000, 0, 1, 999, 1000, 1_000_000])
def test_the_last_of_so_many_dates_can_be_arranged_to_be_a_whole_millisecond(count: int, since_last: int) -> None:
    order = _fresh()
    order.added_at += 123 * MICROSECOND
    before, now = order.added_at, order.added_at + since_last * MICROSECOND
    order.end_on_a_millisecond(count, now)
    given = [order.next_instant(now) for _ in range(count)]
    assert given[0] > before
    assert all(later - earlier == MICROSECOND for earlier, later in pairwise(given))
    assert given[-1].microsecond % 1000 == 0
    assert given[-1] <= max(now, before + (count + 1000) * MICROSECOND), "dates do not run ahead of the clock"
    assert order.next_instant(now) == given[-1] + MICROSECOND


def test_what_was_given_out_is_durable_once_saved(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        order.next_position(NOW + SECOND)
        order.next_position(NOW + SECOND)
        order.next_log_index()
        order.next_version_id()
        order.next_class_id()
        counter.save_order(connection, order)
    with exchange.write() as connection:
        assert counter.take_order_lock(connection) == Order(2, 0, 1, 1, NOW + SECOND + MICROSECOND)


def test_what_is_rolled_back_was_never_given_out(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        order.next_log_index()
        counter.save_order(connection, order)
        connection.rollback()
    with exchange.read() as connection:
        assert counter.read_order(connection) == _fresh()


def test_a_snapshot_reads_the_counter_without_waiting_for_its_lock(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        order.next_position(NOW)
        counter.save_order(connection, order)
        with exchange.read() as reader:
            assert counter.read_order(reader).position == 0


def test_the_lock_is_held_until_the_transaction_ends(exchange: Database) -> None:
    steps: list[str] = []
    begun = threading.Event()

    def second() -> None:
        begun.wait()
        with exchange.write() as connection:
            counter.take_order_lock(connection)
            steps.append("second has it")

    thread = threading.Thread(target=second)
    thread.start()
    with exchange.write() as connection:
        counter.take_order_lock(connection)
        begun.set()
        time.sleep(0.1)
        steps.append("first is about to commit")
    thread.join()
    assert steps == ["first is about to commit", "second has it"]


def test_two_writers_at_once_leave_no_gap_and_commit_in_the_order_of_positions(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        class_id = samples.class_id_of(connection, order, Harm.CSAM)
        counter.save_order(connection, order)
    batches, batch = 15, 4
    committed: list[int] = []
    failures: list[Exception] = []

    def write(fails_at: int) -> None:
        for number in range(batches):
            with exchange.write() as connection:
                order = counter.take_order_lock(connection)
                made = [samples.numbered(order, samples.checked(), class_id, NOW) for _ in range(batch)]
                objects.add_versions(connection, made, samples.SUBMISSION, NOW)
                counter.save_order(connection, order)
                if number == fails_at:
                    connection.rollback()
                else:
                    committed.append(made[-1].position or 0)  # still under the lock

    def guarded(fails_at: int) -> None:
        try:
            write(fails_at)
        except Exception as exc:  # noqa: BLE001  # whatever it is, the test reports it
            failures.append(exc)

    threads = [threading.Thread(target=guarded, args=(fails_at,)) for fails_at in (3, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert committed == sorted(committed)
    stored = 2 * (batches - 1) * batch
    with exchange.read() as connection:
        indexes = connection.execute(select(log_leaf.c.log_index).order_by(log_leaf.c.log_index)).scalars()
        assert list(indexes) == list(range(stored))
        ov = object_version.c
        rows = connection.execute(select(ov.position, ov.version_id, ov.added_at, ov.log_index).order_by(ov.position)).all()
    assert [row.version_id for row in rows] == list(range(1, stored + 1))
    assert [row.added_at for row in rows] == sorted({row.added_at for row in rows})
    assert [row.log_index for row in rows] == list(range(stored))
