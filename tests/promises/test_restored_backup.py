"""What ``docs/operations.md`` says to do with an older state of the database: readers who were further on miss nothing new."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.factories.exchanges import FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator

_DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


def statement_of_the_document() -> str:
    return re.findall(r"```sql\n(UPDATE position_counter .*)\n```", _DOCUMENT.read_text())[0]


def pulled(reader: FakePartner, cursor: str | None) -> tuple[list[Any], str]:
    page = reader.pull(**({"next": cursor} if cursor else {})).json
    return [one["id"] for one in page["objects"]], page["next"]


def published(publisher: FakePartner, count: int) -> list[str]:
    values = [indicator() for _ in range(count)]
    publisher.submit(*values)
    return [one["id"] for one in values]


def bring_back(running: RunningExchange, backup: Path, database: Path) -> None:
    running.exchange.database.dispose()
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(backup, database)


def test_after_an_older_state_was_brought_back_readers_get_what_is_new(sqlite_url: str, tmp_path: Path) -> None:
    database, backup = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    with running_exchange(sqlite_url) as running:
        publisher, reader = running.enrol("Platform"), running.enrol("Hotline")
        published(publisher, 2)
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("VACUUM INTO ?", [str(backup)])
        published(publisher, 3)
        before, cursor = pulled(reader, None)
        assert len(before) == 5
        bring_back(running, backup, database)
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(statement_of_the_document())
        new = published(publisher, 2)
        assert pulled(reader, cursor)[0] == new
