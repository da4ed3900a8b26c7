from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import LargeBinary, bindparam, delete, func, insert, literal, select, text, update

from app.domain.errors import BreakwaterError, ConflictError, UnavailableError
from app.domain.vocabulary import PartnerState, Role
from app.storage.many_rows import add_rows
from app.storage.prepared import IsOneOf, Listed, Prepared
from app.storage.session import Database
from app.storage.tables import event, object_content, object_facet, partner
from tests.factories.policy_values import NOW

_ROW = {
    "partner_id": "partner-1",
    "name": "Älpha % :x %(y)s",
    "role": Role.PLATFORM,
    "jurisdiction": "IE",
    "identity_id": "identity-1",
    "state": PartnerState.ACTIVE,
    "enrolled_at": NOW.astimezone(timezone(timedelta(hours=5))),
}
_ADD = Prepared.adding(partner, list(_ROW))
_FIND = Prepared(select(partner).where(partner.c.partner_id == bindparam("wanted"), partner.c.state == "active"))


def test_a_row_that_is_added_is_the_one_that_sqlalchemy_would_add(database: Database) -> None:
    with database.write() as connection:
        assert _ADD.run(connection, **_ROW) == 1
        connection.execute(insert(partner).values(_ROW | dict.fromkeys(("partner_id", "name", "identity_id"), "second")))
        raw = "SELECT role, jurisdiction, state, CAST(enrolled_at AS TEXT) FROM partner"
        first, second = connection.execute(text(raw))
    assert first == second


def test_rows_are_those_that_sqlalchemy_gives_and_have_names(database: Database) -> None:
    with database.write() as connection:
        _ADD.run(connection, **_ROW)
    with database.read() as connection:
        found = _FIND.row(connection, wanted="partner-1")
        assert tuple(found) == tuple(connection.execute(select(partner)).one())
        assert (found.name, found.enrolled_at) == (_ROW["name"], NOW)
        assert found.enrolled_at.tzinfo is UTC
        assert _FIND.row(connection, wanted="partner-2") is None
        assert _FIND.rows(connection, wanted="partner-2") == []


def test_a_statement_may_be_run_by_both_databases(sqlite_url: str, postgres_url: str) -> None:
    for url in (sqlite_url, postgres_url, sqlite_url):
        database = Database(url)
        with database.write() as connection:
            connection.execute(delete(partner))
            _ADD.run(connection, **_ROW)
            assert _FIND.row(connection, wanted="partner-1").name == _ROW["name"]
        database.dispose()


def test_a_statement_says_how_many_rows_it_changed_and_gives_what_it_returns(database: Database) -> None:
    rename = Prepared(update(partner).where(partner.c.partner_id == bindparam("wanted")).values(name=bindparam("to")))
    end = Prepared(delete(partner).where(partner.c.name == bindparam("called")).returning(partner.c.enrolled_at))
    with database.write() as connection:
        _ADD.run(connection, **_ROW)
        assert rename.run(connection, wanted="partner-2", to="Beta") == 0
        assert rename.run(connection, wanted="partner-1", to="Beta") == 1
        assert end.rows(connection, called="Beta") == [(NOW,)]


def test_bytes_nothing_and_computed_columns_come_as_they_are(database: Database) -> None:
    add = Prepared.adding(object_content, ["version_id", "content"])
    ask = Prepared(select(object_content, literal(None).label("absent"), func.count(object_content.c.version_id).over()))
    with database.write() as connection:
        add.run(connection, version_id=2**40, content=b"\x00\xff")
        [row] = ask.rows(connection)
    assert tuple(row) == (2**40, b"\x00\xff", None, 1)
    assert isinstance(object_content.c.content.type, LargeBinary)
    assert type(row.content) is bytes


def test_a_naive_time_does_not_pass_here_either(database: Database) -> None:
    with database.write() as connection:
        with pytest.raises(ValueError, match="naive"):
            _ADD.run(connection, **_ROW | {"enrolled_at": datetime(2026, 1, 1)})  # noqa: DTZ001  # the mistake itself
        connection.rollback()


def test_what_the_driver_refuses_is_translated_at_the_end_of_the_block(database: Database) -> None:
    def add_twice() -> None:
        with database.write() as connection:
            _ADD.run(connection, **_ROW)
            _ADD.run(connection, **_ROW)

    with pytest.raises(ConflictError) as conflict:
        add_twice()
    assert conflict.value.__cause__ is None
    nameless = Prepared.adding(event, ["event", "at"])
    with pytest.raises(BreakwaterError, match=r"IntegrityError|NotNullViolation"), database.write() as connection:
        nameless.run(connection, event=None, at=NOW)
    with database.look() as connection:
        assert _FIND.rows(connection, wanted="partner-1") == []


def test_a_connection_that_ends_in_the_middle_is_away_and_is_not_used_again(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)
    pid = Prepared(select(func.pg_backend_pid()))

    def ask_while_the_server_stops() -> None:
        with database.look() as connection:
            [(mine,)] = pid.rows(connection)
            with other.write() as killer:
                killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
            pid.rows(connection)

    for _ in range(2):
        with pytest.raises(UnavailableError):
            ask_while_the_server_stops()
    with database.read() as connection:
        assert _FIND.rows(connection, wanted="partner-1") == []
    database.dispose()
    other.dispose()


@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_a_list_of_any_length_is_one_parameter(database: Database, count: int) -> None:
    by_text = Prepared(select(object_facet.c.value).where(IsOneOf(object_facet.c.value, "values")))
    by_number = Prepared(select(object_facet.c.value).where(IsOneOf(object_facet.c.version_id, "numbers")))
    odd = ["a'b", 'c"d', "e\\f,{}", "é\U0001f600"]
    with database.write() as connection:
        add_rows(connection, object_facet, [{"version_id": 2**40, "kind": str(n), "value": one} for n, one in enumerate(odd)])
        padding = [f"x{number}" for number in range(count)]
        found = [row.value for row in by_text.rows(connection, values=padding + odd[1:])]
        assert sorted(found) == sorted(odd[1:])
        assert by_text.rows(connection, values=padding) == []
        assert len(by_number.rows(connection, numbers=[*range(count), 2**40])) == len(odd)
        assert by_number.rows(connection, numbers=list(range(count))) == []


def test_a_list_is_gone_through_in_its_order_and_rows_come_a_few_at_a_time(database: Database) -> None:
    listed = Listed("numbers").rows()
    statement = Prepared(select(listed.c.value).select_from(listed), in_binary=True)
    with database.read() as connection:
        rows = statement.stream(connection, 2, numbers=[5, 2, 9_000_000_000, 2, 1])
        assert [tuple(row) for row in rows] == [(5,), (2,), (9_000_000_000,), (2,), (1,)]
        assert list(statement.stream(connection, 2, numbers=[])) == []
    with database.read() as connection:
        stopped = statement.stream(connection, 2, numbers=list(range(10_000)))
        assert next(stopped)[0] == 0
        stopped.close()
    with database.read() as connection:
        assert next(statement.stream(connection, 2, numbers=[7]))[0] == 7
