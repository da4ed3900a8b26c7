"""Migrations: the steps lead to what ``tables`` says, on both databases, and back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from app.domain.errors import BreakwaterError, UnavailableError
from app.domain.vocabulary import Harm
from app.storage import members, schema
from app.storage.session import Database
from app.storage.tables import metadata
from tests.storage import samples
from tests.storage.samples import OWNER

_MIGRATE = """
import sys
from alembic import command
from app.storage.schema import migrate
print("ready", flush=True)
sys.stdin.read()
migrate(sys.argv[1])
"""


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    yield database
    database.dispose()


def _url(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_the_steps_lead_to_the_tables(empty: Database) -> None:
    schema.migrate(_url(empty))

    assert schema.differences(empty) == []
    assert _tables(empty) == {*metadata.tables, "alembic_version"}


def test_differences_are_found(empty: Database) -> None:
    assert {one[0] for one in schema.differences(empty)} >= {"add_table", "add_index"}


def _spelled(index: Any) -> dict[str, str]:
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return {key: str(value) for key, value in index.items()} | {"dialect_options": str(options)}


def _described(database: Database) -> dict[str, Any]:
    """Give what the database knows of each table; more than Alembic compares: names, checks, collations, what indexes cover."""
    with database.read() as connection:
        look = inspect(connection)
        return {
            name: {
                "columns": {one["name"]: (repr(one["type"]), one["nullable"]) for one in look.get_columns(name)},
                "key": (look.get_pk_constraint(name)["name"], look.get_pk_constraint(name)["constrained_columns"]),
                "references": {one["name"]: one["constrained_columns"] for one in look.get_foreign_keys(name)},
                "checks": {one["name"]: one["sqltext"] for one in look.get_check_constraints(name)},
                "unique": {one["name"]: one["column_names"] for one in look.get_unique_constraints(name)},
                "indexes": {one["name"]: _spelled(one) for one in look.get_indexes(name)},
            }
            for name in metadata.tables
        }


def test_the_steps_give_the_same_keys_checks_and_indexes_as_the_tables(empty: Database) -> None:
    with empty.write() as connection:
        metadata.create_all(connection)
    from_tables = _described(empty)
    with empty.write() as connection:
        metadata.drop_all(connection)
    schema.migrate(_url(empty))
    from_steps = _described(empty)

    assert [name for name in from_tables if from_steps[name] != from_tables[name]] == []


def test_the_newest_step_is_the_one_the_code_knows(database: Database) -> None:
    assert schema.current_revision(database) == schema.head_revision()


def test_an_empty_database_is_at_no_step(empty: Database) -> None:
    assert schema.current_revision(empty) is None


def test_the_step_of_a_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        schema.current_revision(Database(f"sqlite:///{tmp_path / 'absent' / 'breakwater.db'}"))


def test_migrating_again_changes_nothing(exchange: Database) -> None:
    schema.migrate(_url(exchange))

    with exchange.read() as connection:
        assert members.partner_by_id(connection, OWNER) is not None


def test_the_way_back_leads_to_nothing_and_up_again(exchange: Database) -> None:
    samples.publish(exchange, [Harm.CSAM], samples.checked())

    schema.downgrade(_url(exchange), "base")
    assert _tables(exchange) == {"alembic_version"}

    schema.migrate(_url(exchange))
    assert schema.differences(exchange) == []
    samples.found_exchange(exchange)


def test_a_step_that_fails_leaves_the_database_as_it_was(empty: Database) -> None:
    taken = list(metadata.sorted_tables)[-1]
    with empty.write() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {taken.name} (mine INTEGER)")

    with pytest.raises(BreakwaterError):
        schema.migrate(_url(empty))

    assert _tables(empty) == {taken.name}
    assert schema.current_revision(empty) is None


def test_several_processes_that_migrate_at_once_all_succeed(empty: Database) -> None:
    command = [sys.executable, "-c", _MIGRATE, _url(empty)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with ExitStack() as stack:
        started = [stack.enter_context(subprocess.Popen(command, text=True, **pipes)) for _ in range(2)]
        for process in started:
            process.stdout.readline()
        for process in started:
            process.stdin.close()
        failures = [process.stderr.read() for process in started]

    assert [process.returncode for process in started] == [0, 0], failures
    assert schema.current_revision(empty) == schema.head_revision()
    assert schema.differences(empty) == []
