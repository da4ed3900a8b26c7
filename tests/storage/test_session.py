"""Transactions, snapshots, and what becomes of the driver's errors."""

from __future__ import annotations

import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.domain.errors import ConflictError, UnavailableError
from app.storage import session
from app.storage.session import Database, database_time
from app.storage.tables import event, exchange, service_account
from tests.factories.policy_values import NOW

SECRET = "what-somebody-submitted"  # noqa: S105  # a value that no error may carry


def _add_event(connection: Connection) -> None:
    connection.execute(insert(event).values(event="work:dead", at=NOW))


def _count(connection: Connection) -> int:
    count: int = connection.execute(select(func.count()).select_from(event)).scalar_one()
    return count


def _counted(database: Database) -> int:
    with database.read() as connection:
        return _count(connection)


# --- transactions -------------------------------------------------------------------------------------------------------------


def test_a_write_is_committed_at_the_end_of_its_block(database: Database) -> None:
    with database.write() as connection:
        _add_event(connection)

    assert _counted(database) == 1


def test_a_write_is_rolled_back_when_its_block_raises(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        _add_event(connection)
        1 / 0  # noqa: B018  # the error itself is what is wanted

    assert _counted(database) == 0


def test_nobody_sees_a_write_before_its_end(database: Database) -> None:
    with database.write() as connection:
        _add_event(connection)
        assert _counted(database) == 0


def test_a_snapshot_does_not_see_what_is_committed_after_its_first_statement(database: Database) -> None:
    with database.read() as connection:
        before = _count(connection)
        with database.write() as writing:
            _add_event(writing)
        after = _count(connection)

    assert (before, after) == (0, 0)


def test_a_snapshot_on_postgresql_refuses_to_write(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(DBAPIError, match="read-only"), database.read() as connection:
        _add_event(connection)
    database.dispose()


def test_a_write_after_a_snapshot_on_the_same_connection_is_possible(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    _counted(database)
    with database.write() as connection:
        _add_event(connection)

    assert _counted(database) == 1
    database.dispose()


def test_several_writers_at_once_all_get_their_turn(database: Database) -> None:
    start = threading.Barrier(4)

    def write() -> None:
        start.wait()
        for _ in range(5):
            with database.write() as connection:
                _add_event(connection)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(write) for _ in range(4)]:
            future.result()

    assert _counted(database) == 20


def test_a_writer_on_sqlite_holds_the_lock_from_its_start(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_BUSY_SECONDS", 0)
    database = Database(sqlite_url)
    with database.write(), pytest.raises(UnavailableError), database.write():
        pytest.fail("two writers were let in")
    database.dispose()


def test_sqlite_checks_foreign_keys_and_syncs_to_the_disk(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.read() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("foreign_keys", "synchronous")}
    database.dispose()

    assert pragmas == {"foreign_keys": 1, "synchronous": 2}


# --- errors -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_server_that_is_away_is_unavailable(scheme: str) -> None:
    database = Database(f"{scheme}://nobody@127.0.0.1:1/nothing")

    with pytest.raises(UnavailableError), database.read():
        pytest.fail("there is nothing to connect to")
    with pytest.raises(UnavailableError), database.write():
        pytest.fail("there is nothing to connect to")


def test_an_sqlite_file_in_a_folder_that_is_away_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'absent' / 'breakwater.db'}")

    with pytest.raises(UnavailableError), database.read():
        pytest.fail("there is nothing to open")
    with pytest.raises(UnavailableError), database.write():
        pytest.fail("there is nothing to open")


def test_a_connection_that_was_cut_is_replaced_at_the_next_use(postgres_url: str) -> None:
    database = Database(postgres_url, pool_size=1)
    with database.read() as connection:
        cut = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    other = Database(postgres_url)
    with other.write() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({cut}, 5000)")
    other.dispose()

    assert _counted(database) == 0
    database.dispose()


def test_a_connection_cut_in_the_middle_is_unavailable(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(UnavailableError), database.read() as connection:
        cut = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with database.write() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({cut}, 5000)")
        _count(connection)
    database.dispose()


def test_an_error_of_availability_names_neither_place_nor_user(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'absent' / 'breakwater.db'}")

    with pytest.raises(UnavailableError) as caught, database.read():
        pytest.fail("there is nothing to open")

    assert str(tmp_path) not in caught.value.sentence


def test_a_key_that_is_taken_is_a_conflict(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(exchange).values(only=1, exchange_id="a", created_at=NOW))

    with pytest.raises(ConflictError), database.write() as connection:
        connection.execute(insert(exchange).values(only=1, exchange_id="b", created_at=NOW))


def test_a_conflict_carries_no_stored_value_however_it_is_printed(exchange: Database) -> None:
    row = {"name": SECRET, "partner_id": "partner-platform-a"}
    with exchange.write() as connection:
        connection.execute(insert(service_account).values(row | {"account_id": "account-1"}))

    with pytest.raises(ConflictError) as caught, exchange.write() as connection:
        connection.execute(insert(service_account).values(row | {"account_id": "account-2"}))

    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_broken_reference_is_a_mistake_of_ours_and_passes_as_it_is(database: Database) -> None:
    row = {"account_id": "account-1", "name": SECRET, "partner_id": "nobody"}

    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(insert(service_account).values(row))

    assert SECRET not in str(caught.value)


def test_an_error_of_the_block_itself_passes_untouched(database: Database) -> None:
    with pytest.raises(ConflictError, match="mine"), database.write():
        raise ConflictError("mine")


# --- the database's clock -----------------------------------------------------------------------------------------------------


def test_the_clock_of_the_database_is_aware_and_moves_within_a_transaction(database: Database) -> None:
    with database.write() as connection:
        first, second = database_time(connection), database_time(connection)

    assert first.tzinfo is UTC
    assert first < second
    assert abs(datetime.now(UTC) - first) < timedelta(seconds=30)
