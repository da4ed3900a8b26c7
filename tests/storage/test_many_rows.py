from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, func, insert, select, text

from app.domain.errors import BreakwaterError, ConflictError, UnavailableError
from app.domain.vocabulary import Assurance
from app.storage import counter
from app.storage.columns import FOREVER
from app.storage.many_rows import add_rows, add_rows_of
from app.storage.session import Database
from app.storage.tables import log_leaf, metadata, object_content, object_facet, object_version
from tests.factories.policy_values import NOW
from tests.storage import samples

_FEW_AND_MANY = [1, 3, 400]
_ODD = 'a\tb\nc\\N \'é\' \u2028 \U0001f600 {"x":\\"}'


def _versions(connection: Connection, count: int) -> list[dict[str, Any]]:
    """Give rows in which each column has each kind of value that it can have."""
    class_id = samples.class_id_of(connection, counter.take_order_lock(connection))
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    return [
        {
            "version_id": 2**40 + number,
            "owner_id": samples.OWNER,
            "stix_id": samples.new_id(),
            "type": _ODD,
            "version": f"{number}",
            "version_key": f"2026-01-01T00:00:0{number % 10}.{number}",
            "class_id": class_id,
            "position": None if number % 3 else number,
            "added_at": None if number % 3 else NOW + timedelta(microseconds=number),
            "visible_until": FOREVER if number % 2 else elsewhere,
            "release_at": None if number % 2 else elsewhere + timedelta(microseconds=number),
            "received_at": NOW,
            "submission_id": samples.SUBMISSION,
            "keyid": "k",
            "assurance": list(Assurance)[number % len(Assurance)],
            "payload_digest": hashlib.sha256(bytes([number % 256])).digest(),
            "content_digest": bytes([number % 256]) * 32,
            "log_index": number,
            "leaf_salt": bytes(range(32)),
            "confidence": None if number % 2 else number % 100,
            "valid_from_key": None if number % 2 else "Z",
            "valid_until_key": "",
            "created_key": None,
            "is_revoked": bool(number % 2),
        }
        for number in range(count)
    ]


def _raw(connection: Connection, table: Table) -> list[Any]:
    """Give what lies in the database, as text, past every conversion of ours."""
    as_text = ", ".join(f'CAST("{column.name}" AS TEXT)' for column in table.c if column.type.python_type is not bytes)
    bare = ", ".join(f'"{column.name}"' for column in table.c if column.type.python_type is bytes)
    order = next(iter(table.primary_key)).name
    return list(connection.execute(text(f"SELECT {', '.join(filter(None, (as_text, bare)))} FROM {table.name} ORDER BY {order}")))  # noqa: S608  # names of our own tables


@pytest.mark.parametrize("count", _FEW_AND_MANY)
def test_what_is_stored_is_what_an_insert_would_have_stored(exchange: Database, count: int) -> None:
    with exchange.write() as connection:
        rows = _versions(connection, count)
        connection.execute(insert(object_version), rows)
        inserted, stored = _raw(connection, object_version), list(connection.execute(select(object_version)))
        connection.execute(delete(object_version))
        add_rows(connection, object_version, rows)
        assert _raw(connection, object_version) == inserted
        assert list(connection.execute(select(object_version))) == stored
        assert len(stored) == count


@pytest.mark.parametrize("count", _FEW_AND_MANY)
def test_bytes_of_any_kind_and_length_come_back(exchange: Database, count: int) -> None:
    rows = [{"version_id": number, "content": bytes([number % 256, 0, 255]) * number * 10} for number in range(count)]
    with exchange.write() as connection:
        add_rows(connection, object_content, rows)
        kept = connection.execute(select(object_content).order_by(object_content.c.version_id)).mappings()
        assert [dict(row) for row in kept] == rows


@pytest.mark.parametrize("count", _FEW_AND_MANY)
def test_names_may_come_in_any_order_and_none_is_fine(exchange: Database, count: int) -> None:
    rows = [{"value": _ODD[:40], "kind": f"k{number}", "version_id": 1} for number in range(count)]
    with exchange.write() as connection:
        add_rows(connection, object_facet, [])
        add_rows(connection, object_facet, rows)
        found = connection.execute(select(object_facet.c.version_id, object_facet.c.kind, object_facet.c.value)).all()
    assert sorted(found) == sorted((1, row["kind"], row["value"]) for row in rows)


def test_a_name_that_no_column_has_is_refused(exchange: Database) -> None:
    with exchange.write() as connection, pytest.raises(KeyError):
        add_rows(connection, object_content, [{"version_id": 1, "content": b"", "strange": 1}])


_NOTE_STATEMENTS = (
    "CREATE TABLE fired (n int)",
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO fired VALUES (1); RETURN NULL; END'",
    "CREATE TRIGGER noting AFTER INSERT ON object_content FOR EACH STATEMENT EXECUTE FUNCTION note()",
)


@pytest.mark.parametrize(("count", "statements"), [(7, 7), (8, 1), (400, 1)])
def test_many_rows_are_copied_which_is_one_statement_and_a_few_are_not(postgres_url: str, count: int, statements: int) -> None:
    database = Database(postgres_url)
    with database.write() as connection:
        for statement in _NOTE_STATEMENTS:
            connection.execute(text(statement))
        add_rows(connection, object_content, [{"version_id": number, "content": b""} for number in range(count)])
        assert connection.execute(text("SELECT count(*) FROM fired")).scalar_one() == statements
    database.dispose()


@pytest.mark.parametrize("count", _FEW_AND_MANY)
def test_what_is_there_already_is_a_conflict_and_leaves_nothing(exchange: Database, count: int) -> None:
    def add_twice() -> None:
        with exchange.write() as connection:
            add_rows(connection, object_content, rows)
            add_rows(connection, object_content, rows[-1:] + rows)

    rows = [{"version_id": number, "content": b"x"} for number in range(count)]
    with pytest.raises(ConflictError):
        add_twice()
    with exchange.read() as connection:
        assert connection.execute(select(func.count()).select_from(object_content)).scalar_one() == 0


@pytest.mark.parametrize("count", _FEW_AND_MANY)
def test_a_value_of_the_wrong_kind_is_refused(exchange: Database, count: int) -> None:
    rows = [{"log_index": number, "kind": "k", "leaf_hash": b"", "recorded_at": NOW} for number in range(count)]
    with exchange.write() as connection:
        with pytest.raises(ValueError, match="naive"):
            add_rows(connection, log_leaf, [*rows, rows[0] | {"recorded_at": datetime(2026, 1, 1)}])  # noqa: DTZ001  # the mistake
        connection.rollback()
    with pytest.raises(BreakwaterError, match=r"IntegrityError|NotNullViolation"), exchange.write() as connection:
        add_rows(connection, log_leaf, [*rows, rows[0] | {"log_index": count, "kind": None}])


def test_a_server_that_ends_in_the_middle_of_a_copy_is_away(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)

    def copy_while_the_server_stops() -> None:
        with database.write() as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with other.write() as killer:
                killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            add_rows(connection, object_content, [{"version_id": number, "content": b"x"} for number in range(400)])

    with pytest.raises(UnavailableError):
        copy_while_the_server_stops()
    with database.write() as connection:
        add_rows(connection, object_content, [{"version_id": 1, "content": b"x"}])
    database.dispose()
    other.dispose()


def test_every_column_type_of_the_schema_has_a_name_that_copy_knows(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.write() as connection:
        for table in metadata.sorted_tables:
            for column in table.c:
                spelled = column.type.compile(connection.dialect)
                named = spelled.partition("(")[0].partition(" COLLATE")[0]
                assert connection.execute(text("SELECT to_regtype(:name) IS NOT NULL"), {"name": named}).scalar_one(), spelled
    database.dispose()


@pytest.mark.parametrize("counts", [(1, 1), (3, 0), (1, 400), (400, 7)])
def test_rows_of_several_tables_are_added_in_their_order(exchange: Database, counts: tuple[int, int]) -> None:
    leaves = [{"log_index": one, "kind": "k", "leaf_hash": b"", "recorded_at": NOW} for one in range(counts[0])]
    contents = [{"version_id": one, "content": b"x"} for one in range(counts[1])]
    with exchange.write() as connection:
        add_rows_of(connection, ((log_leaf, leaves), (object_content, contents)))
    with exchange.read() as connection:
        found = tuple(
            connection.execute(select(func.count()).select_from(one)).scalar_one() for one in (log_leaf, object_content)
        )
    assert found == counts


def test_what_one_of_several_tables_has_already_is_a_conflict_of_all(exchange: Database) -> None:
    leaf = {"log_index": 1, "kind": "k", "leaf_hash": b"", "recorded_at": NOW}
    content = {"version_id": 1, "content": b"x"}
    with pytest.raises(ConflictError), exchange.write() as connection:
        add_rows_of(connection, ((log_leaf, [leaf]), (object_content, [content, content]), (object_facet, [])))
    with exchange.read() as connection:
        assert connection.execute(select(func.count()).select_from(log_leaf)).scalar_one() == 0
