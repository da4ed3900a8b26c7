"""The one order of the exchange, also when several write at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, astuple
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.domain.errors import ConflictError
from app.storage import counter
from app.storage.counter import Order
from app.storage.session import Database
from app.storage.tables import event
from tests.factories.policy_values import NOW

_WRITERS = 3
_EACH = 8
_MICROSECOND = timedelta(microseconds=1)


def _order() -> Order:
    return Order(position=0, log_index=-1, version_id=0, class_id=0, added_at=NOW)


def test_a_new_exchange_has_given_nothing(exchange: Database) -> None:
    with exchange.read() as connection:
        assert counter.read_order(connection) == _order()


def test_there_is_one_counter(exchange: Database) -> None:
    with pytest.raises(ConflictError), exchange.write() as connection:
        counter.start_order(connection, NOW)


def test_the_first_of_each_kind_is_one_and_the_first_log_index_is_zero() -> None:
    order = _order()

    given = (order.next_position(NOW)[0], order.next_version_id(), order.next_class_id(), order.next_log_index())

    assert given == (1, 1, 1, 0)


def test_each_kind_is_counted_for_itself() -> None:
    order = _order()
    for _ in range(3):
        order.next_version_id()

    assert asdict(order) == asdict(_order()) | {"version_id": 3}


def test_an_instant_is_now_when_the_clock_moved_on() -> None:
    assert _order().next_position(NOW + timedelta(seconds=5)) == (1, NOW + timedelta(seconds=5))


@pytest.mark.parametrize("step_back", [timedelta(0), timedelta(hours=1)])
def test_instants_grow_when_the_clock_stands_or_goes_back(step_back: timedelta) -> None:
    order = _order()

    instants = [order.next_position(NOW - step_back)[1] for _ in range(3)]

    assert instants == [NOW + _MICROSECOND, NOW + 2 * _MICROSECOND, NOW + 3 * _MICROSECOND]


def test_what_was_saved_is_where_the_next_one_goes_on(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        order.next_position(NOW + timedelta(hours=1))
        order.next_log_index()
        order.next_version_id()
        order.next_class_id()
        counter.save_order(connection, order)

    with exchange.write() as connection:
        assert astuple(counter.take_order_lock(connection)) == (1, 0, 1, 1, NOW + timedelta(hours=1))


def test_numbers_of_a_transaction_that_failed_are_given_again(exchange: Database) -> None:
    def fail() -> None:
        with exchange.write() as connection:
            order = counter.take_order_lock(connection)
            order.next_log_index()
            counter.save_order(connection, order)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()

    with exchange.read() as connection:
        assert counter.read_order(connection) == _order()


def test_reading_the_order_does_not_wait_for_its_lock(exchange: Database) -> None:
    with exchange.write() as connection:
        order = counter.take_order_lock(connection)
        order.next_position(NOW)
        counter.save_order(connection, order)
        with exchange.read() as reading:
            assert counter.read_order(reading).position == 0


def test_several_writers_leave_no_gap_and_commit_in_the_order_of_their_numbers(exchange: Database) -> None:
    start, done = threading.Barrier(_WRITERS + 1), threading.Event()

    def write() -> None:
        start.wait()
        for _ in range(_EACH):
            with exchange.write() as connection:
                order = counter.take_order_lock(connection)
                position, at = order.next_position(NOW)
                row = {"event": "work:dead", "at": at, "subject": str(position), "code": str(order.next_log_index())}
                connection.execute(insert(event).values(row))
                counter.save_order(connection, order)
                time.sleep(0.002)  # numbers are given, the commit is still to come

    def follow() -> list[list[int]]:
        looks = []
        start.wait()
        last = False
        while not last:
            last = done.is_set()
            with exchange.read() as connection:
                looks.append(sorted(int(one) for one in connection.execute(select(event.c.subject)).scalars()))
        return looks

    with ThreadPoolExecutor(_WRITERS + 1) as pool:
        following = pool.submit(follow)
        try:
            for future in [pool.submit(write) for _ in range(_WRITERS)]:
                future.result()
        finally:
            done.set()
        looks = following.result()

    total = _WRITERS * _EACH
    assert looks[-1] == list(range(1, total + 1))
    assert all(look == list(range(1, len(look) + 1)) for look in looks)  # nobody ever saw a later one before an earlier one
    with exchange.read() as connection:
        rows = connection.execute(select(event.c.code, event.c.at).order_by(event.c.at)).all()
    assert [int(row.code) for row in rows] == list(range(total))
