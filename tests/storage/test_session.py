from __future__ import annotations

import socket
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError, ResourceClosedError

from app.domain.errors import BreakwaterError, Code, ConflictError, UnavailableError
from app.storage import counter, members, objects
from app.storage.session import Database, before_commit, database_time
from app.storage.tables import event as event_table
from app.storage.tables import exchange as exchange_table
from app.storage.tables import partner
from tests.factories import policy_values
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OWNER


def _names(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.name for one in members.partners(connection)]


def _enrol(database: Database, name: str) -> None:
    with database.write() as connection:
        members.add_partner(connection, policy_values.partner(partner_id=name, name=name, identity_id=name))


def test_a_write_block_commits_at_its_end(database: Database) -> None:
    _enrol(database, "Alpha")
    assert _names(database) == ["Alpha"]


def test_a_write_block_that_raises_leaves_nothing(database: Database) -> None:
    def enrol_and_fail() -> None:
        with database.write() as connection:
            members.add_partner(connection, policy_values.partner())
            raise LookupError

    with pytest.raises(LookupError):
        enrol_and_fail()
    assert _names(database) == []


def test_a_write_block_that_was_rolled_back_by_hand_leaves_nothing(database: Database) -> None:
    with database.write() as connection:
        members.add_partner(connection, policy_values.partner())
        connection.rollback()
    assert _names(database) == []


def test_a_connection_is_of_no_use_after_its_block(database: Database) -> None:
    with database.write() as connection:
        pass
    with pytest.raises(ResourceClosedError):
        members.partners(connection)


def test_a_read_block_sees_one_state_whatever_is_committed_meanwhile(database: Database) -> None:
    _enrol(database, "Alpha")
    with database.read() as connection:
        before = [one.name for one in members.partners(connection)]
        _enrol(database, "Beta")
        assert [one.name for one in members.partners(connection)] == before == ["Alpha"]
    assert _names(database) == ["Alpha", "Beta"]


def test_a_read_block_cannot_write_on_postgresql(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(BreakwaterError, match="ReadOnlySqlTransaction"), database.read() as connection:
        members.add_partner(connection, policy_values.partner())
    database.dispose()


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as connection:
        members.add_partner(connection, policy_values.partner())
        assert _names(database) == []


def test_a_database_without_a_server_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        database = Database(f"postgresql://nobody@127.0.0.1:{taken.getsockname()[1]}/nothing")
        for block in (database.read, database.write, database.look):
            with pytest.raises(UnavailableError) as refusal, block():
                pass
            assert refusal.value.code is Code.EXCHANGE_UNAVAILABLE
            assert "nobody" not in refusal.value.sentence
    database.dispose()


def test_a_server_that_ends_the_connection_makes_it_unavailable_and_then_it_is_back(postgres_url: str) -> None:
    database = Database(postgres_url)

    def read_while_the_server_stops() -> None:
        with database.write() as connection:
            mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with database.write() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            members.partners(connection)

    with pytest.raises(UnavailableError):
        read_while_the_server_stops()
    assert _names(database) == []
    database.dispose()


def test_connections_that_the_server_ended_in_the_pool_are_replaced_unseen(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)

    def pids() -> set[int]:
        with database.read() as first, database.write() as second, database.look() as third:
            return {one.execute(text("SELECT pg_backend_pid()")).scalar_one() for one in (first, second, third)}

    before = pids()
    assert before == pids()
    with other.write() as connection:
        for pid in before:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    assert not before & pids()
    database.dispose()
    other.dispose()


def test_each_statement_of_a_look_sees_what_is_committed_when_it_starts(database: Database) -> None:
    with database.look() as connection:
        assert members.partners(connection) == []
        _enrol(database, "Alpha")
        assert [one.name for one in members.partners(connection)] == ["Alpha"]


def _enrol_and_fail(database: Database) -> None:
    with database.write() as connection:
        members.add_partner(connection, policy_values.partner(partner_id="x", name="x", identity_id="x"))
        raise LookupError


def test_what_read_or_wrote_before_does_not_change_how_a_connection_is_used_next(database: Database) -> None:
    for number in range(3):
        with database.look() as connection:
            assert len(members.partners(connection)) == number
        _enrol(database, f"Partner {number}")
        with database.read() as connection:
            before = members.partners(connection)
            assert len(before) == number + 1
        with pytest.raises(LookupError):
            _enrol_and_fail(database)
    assert len(_names(database)) == 3


def test_a_folder_that_is_not_there_makes_sqlite_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'breakwater.db'}")
    for block in (database.read, database.write, database.look):
        with pytest.raises(UnavailableError), block():
            pass


def test_a_full_disk_is_told_as_that_and_leaves_nothing(database: Database) -> None:
    """On SQLite a bound on its pages stands for the disk; on PostgreSQL its own error for it is raised (53100, Appendix A)."""
    full = "DO $$ BEGIN RAISE EXCEPTION 'no space left: a value' USING ERRCODE = '53100'; END $$"

    def fill() -> None:
        with database.write() as connection:
            members.add_partner(connection, policy_values.partner())
            if database.is_sqlite:
                connection.exec_driver_sql("PRAGMA max_page_count = 1")
                full_of = "x" * 10_000_000
                members.add_partner(connection, policy_values.partner(partner_id="b", name=full_of, identity_id="b"))
            connection.exec_driver_sql(full)

    with pytest.raises(UnavailableError) as refusal:
        fill()
    assert refusal.value.code is Code.STORAGE_FULL
    assert "a value" not in refusal.value.sentence
    assert _names(database) == []


def test_sqlite_that_stays_locked_is_unavailable(sqlite_url: str) -> None:
    holder, waiter = Database(sqlite_url), Database(sqlite_url)
    event.listen(waiter.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    with holder.write():
        with pytest.raises(UnavailableError), waiter.write():
            pass
        assert _names(waiter) == []
    holder.dispose()
    waiter.dispose()


def test_an_exhausted_pool_is_unavailable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.session._BUSY_SECONDS", 0.05)
    database = Database(database_url, pool_size=1)
    with database.read(), database.read(), pytest.raises(UnavailableError), database.read():
        pass
    database.dispose()


def test_what_is_stored_already_is_a_conflict_that_names_no_value(exchange: Database) -> None:
    with pytest.raises(ConflictError) as refusal:
        _enrol(exchange, OWNER)
    assert refusal.value.code is Code.STATE_CONFLICT
    assert OWNER not in str(refusal.value)
    assert refusal.value.__suppress_context__


def _write_an_event_without_name(connection: Connection, subject: str) -> None:
    connection.execute(insert(event_table).values(event=None, at=NOW, subject=subject))


def test_a_statement_that_is_refused_is_our_mistake_and_names_its_place_but_no_value(exchange: Database) -> None:
    with pytest.raises(BreakwaterError, match=r"IntegrityError|NotNullViolation") as mistake, exchange.write() as connection:
        _write_an_event_without_name(connection, "a-submitted-" + "value")
    assert mistake.value.code is Code.INTERNAL
    told = "".join(traceback.format_exception(mistake.value))
    assert "_write_an_event_without_name" in told
    assert "a-submitted-value" not in told


def test_an_error_that_passes_within_storage_hides_the_parameters(exchange: Database) -> None:
    with exchange.write() as connection:
        with pytest.raises(IntegrityError) as mistake:
            connection.execute(insert(event_table).values(event=None, at=NOW, subject="a-submitted-value"))
        assert "SQL parameters hidden" in str(mistake.value)
        connection.rollback()


def test_the_database_clock_is_aware_and_moves_within_a_transaction(database: Database) -> None:
    with database.write() as connection:
        first = database_time(connection)
        time.sleep(0.001)  # a clock of microseconds may give one twice
        second = database_time(connection)
    assert first.tzinfo is UTC
    assert first < second
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)


def test_sqlite_survives_the_loss_of_power_and_checks_its_references(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write() as connection:
        values = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")}
        assert values == {"journal_mode": "wal", "synchronous": 2}
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    database.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_by_psycopg(postgres_url: str, scheme: str) -> None:
    database = Database(scheme + postgres_url.removeprefix("postgresql+psycopg"))
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(partner)).scalar_one() == 0
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
        assert connection.execute(text("SHOW jit")).scalar_one() == "off"
    assert database.engine.driver == "psycopg"
    database.dispose()


def test_a_version_of_an_unknown_class_is_refused_by_both_databases(exchange: Database) -> None:
    made = samples.numbered(counter.Order(0, -1, 0, 0, NOW), samples.checked(), 99, NOW)
    with pytest.raises(BreakwaterError, match=r"IntegrityError|ForeignKeyViolation"), exchange.write() as connection:
        objects.add_versions(connection, [made], samples.SUBMISSION, NOW)


def test_single_row_tables_have_one_row(exchange: Database) -> None:
    with pytest.raises(BreakwaterError, match=r"IntegrityError|CheckViolation"), exchange.write() as connection:
        connection.execute(insert(exchange_table).values(only=2, exchange_id="another", created_at=NOW))
    with pytest.raises(ConflictError), exchange.write() as connection:
        counter.start_order(connection, NOW)


def test_what_is_to_be_done_before_a_commit_is_done_then_and_not_without_one(database: Database) -> None:
    done: list[str] = []
    with database.write() as connection:
        before_commit(connection, lambda: done.append("committed"))
        assert done == []
    assert done == ["committed"]
    with suppress(KeyError), database.write() as connection:
        before_commit(connection, lambda: done.append("rolled back"))
        raise KeyError
    with database.write():
        pass  # on the same connection
    assert done == ["committed"]


def test_where_it_fails_nothing_is_committed(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (a INTEGER)")
    with suppress(KeyError), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
        before_commit(connection, lambda: dict[str, int]()["a"])
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 0
