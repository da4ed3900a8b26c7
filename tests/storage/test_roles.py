from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import text

from app.domain.errors import BreakwaterError
from app.storage.roles import CHANGED_AND_DELETED_FROM, ONLY_ADDED_TO, grants, has_role, is_bound
from app.storage.session import Database
from app.storage.tables import metadata
from tests.storage import samples


def test_every_table_is_only_added_to_or_is_not() -> None:
    assert metadata.tables.keys() == ONLY_ADDED_TO | CHANGED_AND_DELETED_FROM
    assert not ONLY_ADDED_TO & CHANGED_AND_DELETED_FROM


def test_sqlite_refuses_to_change_or_delete_a_row_of_each_table_that_is_only_added_to(sqlite_url: str) -> None:
    with closing(_Closing(sqlite_url)) as database, database.read() as connection:
        named = connection.execute(
            text("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'no%'")
        ).all()
    wanted = {(table, f"no_{change}_of_{table}") for table in ONLY_ADDED_TO for change in ("update", "delete")}
    assert {tuple(row) for row in named} == wanted


@pytest.mark.parametrize("statement", ["UPDATE exchange SET exchange_id = 'x'", "DELETE FROM exchange"])
def test_a_refused_change_on_sqlite_changes_nothing(sqlite_url: str, statement: str) -> None:
    with closing(_Closing(sqlite_url)) as database:
        samples.found_exchange(database)
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO exchange VALUES (1, 'e', '2026-01-01 00:00:00')")
        with pytest.raises(BreakwaterError, match="refused a statement"), database.write() as connection:
            connection.exec_driver_sql(statement)
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT exchange_id FROM exchange").scalar_one() == "e"


def test_names_are_quoted_and_every_table_is_named(postgres_url: str) -> None:
    with closing(_Closing(postgres_url)) as database, database.read() as connection:
        statements = grants(connection, 'a "b')
    assert all('"a ""b"' in one for one in statements)
    granted = " ".join(one for one in statements if one.startswith("GRANT SELECT"))
    assert all(f'"public"."{name}"' in granted for name in metadata.tables)


def test_whom_grants_bind(postgres_url: str) -> None:
    with closing(_Closing(postgres_url)) as database, database.read() as connection:
        owner = connection.exec_driver_sql("SELECT current_user").scalar_one()
        assert has_role(connection, owner)
        assert not has_role(connection, "nobody of this name")
        assert not is_bound(connection, owner)
        assert is_bound(connection, "pg_monitor")


class _Closing(Database):
    def close(self) -> None:
        self.dispose()
