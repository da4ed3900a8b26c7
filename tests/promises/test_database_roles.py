"""An insider who has the application's database role cannot change what was logged, disclosed or recorded (PostgreSQL)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from app.services.do_work import ensure_periodic_work
from app.services.grant_roles import role_statements
from app.services.membership.change_policy import EVALUATE
from app.storage import work
from app.storage.checkpoints import newest_checkpoint
from app.storage.roles import ONLY_ADDED_TO
from app.storage.tables import metadata
from tests.factories.exchanges import RunningExchange, running_exchange
from tests.factories.stix_objects import indicator, newer

PASSWORD = secrets.token_urlsafe(16)


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


@pytest.fixture
def role(postgres_url: str) -> Iterator[str]:
    """A role that may log in and no more."""
    name = f"breakwater_test_{secrets.token_hex(8)}"
    with connected(postgres_url) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), PASSWORD))
        yield name
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def bound_url(postgres_url: str, role: str) -> str:
    """The migrated database as the bound role reaches it."""
    role_statements(postgres_url, role, apply=True)
    return make_url(postgres_url).set(username=role, password=PASSWORD).render_as_string(hide_password=False)


@pytest.fixture
def running(bound_url: str) -> Iterator[RunningExchange]:
    """An exchange that serves as the bound role, with everything done once that writes."""
    with running_exchange(bound_url) as running:
        yield running


def test_the_exchange_works_as_a_role_that_can_change_nothing_it_recorded(running: RunningExchange) -> None:
    publisher, reader = running.enrol("Platform"), running.enrol("Hotline")
    ensure_periodic_work(running.exchange)
    one, other = indicator(), indicator()
    assert publisher.submit(one, other, *(indicator() for _ in range(20))).status == 201
    assert publisher.submit(newer(one)).status == 201
    assert publisher.submit({}).json["results"][0]["status"] == "refused"
    running.do_all_work()
    assert len(reader.pull_all()) == 23
    assert publisher.post(f"objects/{other['id']}/withdrawal", {"reason": "error", "act": "delete"}).status == 201
    running.clock.shift += timedelta(minutes=2)
    running.do_all_work()
    assert len(publisher.get("disclosures").json["disclosures"]) == 1
    running.suspend(reader)
    running.do_all_work()
    assert all_work_is_done(running)
    with running.exchange.database.read() as connection:
        newest = newest_checkpoint(connection)
    assert newest is not None
    assert newest.disclosed_to >= 1


def all_work_is_done(running: RunningExchange) -> bool:
    with running.exchange.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT kind, state FROM work WHERE state <> 'done' AND attempts > 0").all()
        assert not work.has_waiting(connection, EVALUATE)
    return not rows


CHANGES = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TABLE {table}",
)


@pytest.mark.parametrize("change", CHANGES)
def test_no_row_of_log_ledger_or_audit_can_be_changed(bound_url: str, change: str) -> None:
    with connected(bound_url) as connection:
        for table in sorted(ONLY_ADDED_TO):
            column = next(iter(metadata.tables[table].c)).name
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change.format(table=table, column=f'"{column}"'))


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (a integer)",
        "UPDATE alembic_version SET version_num = '0001'",
        "SELECT setval('disclosure_disclosure_id_seq', 1)",
        "CREATE OR REPLACE FUNCTION lock_disclosures() RETURNS void LANGUAGE sql AS ''",
    ],
)
def test_nor_can_what_stands_around_it(bound_url: str, change: str) -> None:
    with connected(bound_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(change)


def test_granting_again_takes_back_what_was_granted_beside_it(postgres_url: str, role: str, bound_url: str) -> None:
    with connected(postgres_url) as owner:
        owner.execute(sql.SQL("GRANT ALL ON log_leaf, event TO {}").format(sql.Identifier(role)))
        owner.execute("GRANT DELETE ON disclosure TO PUBLIC")
    role_statements(postgres_url, role, apply=True)
    with connected(bound_url) as connection:
        for statement in ("DELETE FROM log_leaf", "UPDATE event SET code = ''", "DELETE FROM disclosure"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_bound_role_cannot_bind_or_free_anybody(postgres_url: str, role: str, bound_url: str) -> None:
    before = role_statements(postgres_url, role)
    with pytest.raises(Exception, match="refused a statement"), connected(bound_url):
        role_statements(bound_url, role, apply=True)
    assert role_statements(postgres_url, role) == before
