"""What a scrape reads: right, and by indexes alone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, text

from app.domain.export import ExportState, Trouble
from app.domain.paging import MailKind
from app.storage import figures, mails
from app.storage.figures import ExportFigures, Waiting
from app.storage.mails import NewMail
from app.storage.session import Connection, Database
from app.storage.tables import bulk_export, export_definition
from tests.factories.policy_values import NOW, SECOND
from tests.storage import samples

DEFINITION = {
    "credential_id": "credential",
    "name": "Nightly",
    "purpose": "detection",
    "tlp_ceiling": "amber",
    "filters": "{}",
    "form": "stix-ndjson",
    "compression": "zstd",
    "target": "local",
    "time_zone": "UTC",
    "keep_days": 7,
    "is_paused": False,
    "snapshot_wanted": True,
    "created_at": NOW,
}
EXPORT = {
    "target": "local",
    "attempts": 0,
    "began_at": NOW,
    "as_of": NOW,
    "after_position": 0,
    "upto_position": 0,
    "has_delta": False,
    "has_snapshot": True,
    "agreement_version": 1,
    "is_laid": False,
}


def define(connection: Connection, definition_id: str, **values: object) -> None:
    row = DEFINITION | {"definition_id": definition_id, "partner_id": samples.READER, "last_number": 0} | values
    connection.execute(insert(export_definition).values(row))


def begin(connection: Connection, number: int, state: ExportState, trouble: Trouble | None = None, seconds: int = 0) -> None:
    began_at = NOW + seconds * SECOND
    row = EXPORT | {"definition_id": "first", "number": number, "state": state, "trouble": trouble, "began_at": began_at}
    connection.execute(insert(bulk_export).values(row))


@pytest.fixture
def stored(exchange: Database) -> Database:
    with exchange.write() as connection:
        define(connection, "first", last_number=3, written_objects=7, written_bytes=10**12)
        define(connection, "second", last_number=2, written_milliseconds=1500)
        define(connection, "ended", ended_at=NOW)
        begin(connection, 1, ExportState.PUBLISHED)
        begin(connection, 2, ExportState.WAITING, Trouble.STORAGE_FULL, seconds=2)
        begin(connection, 3, ExportState.WAITING, Trouble.STORAGE_FULL, seconds=1)
        begin(connection, 4, ExportState.WRITING, seconds=3)
    return exchange


def test_exports_that_are_open_are_counted_by_state_and_trouble(stored: Database) -> None:
    with stored.read() as connection:
        found = figures.open_exports(connection)
    assert found == {
        ("waiting", "storage-full"): Waiting(2, NOW + SECOND),
        ("writing", ""): Waiting(1, NOW + 3 * SECOND),
    }


def test_what_was_written_is_added_up_over_all_definitions(stored: Database) -> None:
    with stored.read() as connection:
        assert figures.export_figures(connection) == ExportFigures(2, 5, 7, 10**12, 1.5)


def test_nothing_is_nothing(database: Database) -> None:
    with database.read() as connection:
        assert figures.open_exports(connection) == {}
        assert figures.export_figures(connection) == ExportFigures(0, 0, 0, 0, 0.0)
        assert figures.last_disclosure(connection) == 0
        assert figures.mails_waiting(connection, NOW) == Waiting(0, None)


def test_mails_wait_from_when_they_are_due(database: Database) -> None:
    with database.write() as connection:
        for after in (0, 5, 60):
            mails.add_mail(connection, NewMail(MailKind.PAGE, "page", None, NOW + after * SECOND), NOW)
        [one] = mails.claim(connection, NOW, timedelta(minutes=3), 1)
        mails.record_sent(connection, one, NOW)
    with database.read() as connection:
        assert figures.mails_waiting(connection, NOW + 10 * SECOND) == Waiting(1, NOW + 5 * SECOND)


def test_connections_are_postgresqls(database: Database) -> None:
    with database.read() as connection:
        found = figures.connections(connection)
    if database.is_sqlite:
        assert found is None
    else:
        assert found is not None
        assert found.by_state["active"] >= 1
        assert found.waiting_for_lock == 0
        assert found.most > sum(found.by_state.values())


def test_who_waits_for_a_lock_is_counted(postgres_url: str) -> None:
    database = Database(postgres_url)

    def wait() -> None:
        with database.read() as connection:
            figures.mails_waiting(connection, NOW)

    def waiting() -> int:
        with database.look() as connection:
            found = figures.connections(connection)
            return found.waiting_for_lock if found else -1

    with ThreadPoolExecutor(1) as pool:
        with database.write() as holding:
            holding.execute(text("LOCK TABLE mail"))
            future = pool.submit(wait)
            deadline = time.monotonic() + 20
            while waiting() != 1:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        future.result()
    assert waiting() == 0
    database.dispose()


def test_no_statement_reads_a_table_that_grows_from_end_to_end(postgres_url: str) -> None:
    """By the plans, with sequential reading made dear: what is left of it has no index to go by."""
    database = Database(postgres_url)
    told: list[str] = []
    with database.read() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))

        def explain(_connection: Connection, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
            if statement.startswith("SELECT"):
                plan = connection.connection.cursor().execute("EXPLAIN " + statement, parameters)  # type: ignore[attr-defined]  # the driver has it
                told.extend(row[0] for row in plan.fetchall())

        event.listen(connection, "before_cursor_execute", explain)
        figures.last_disclosure(connection)
        figures.mails_waiting(connection, NOW)
        figures.open_exports(connection)
    database.dispose()
    assert told
    assert not [line for line in told if "Seq Scan" in line]
