"""An older state of the database is found out; after somebody accepted it, readers who were further on miss nothing new."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.read_only import ReadOnlyReason
from app.services.accept_loss import accept_loss, find_loss
from app.services.proving.kept_checkpoint import compare
from app.web.context import attach
from tests.factories.checkpoints import make_checkpoint
from tests.factories.exchanges import FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator


@pytest.fixture
def running(sqlite_url: str, tmp_path: Path) -> Iterator[RunningExchange]:
    """An exchange that keeps a checkpoint."""
    with running_exchange(sqlite_url) as running:
        running.exchange = replace(running.exchange, checkpoint_file=tmp_path / "checkpoint")
        attach(running.app, running.exchange)
        compare(running.exchange)
        yield running


def pulled(reader: FakePartner, cursor: str | None) -> tuple[list[Any], str]:
    page = reader.pull(**({"next": cursor} if cursor else {})).json
    return [one["id"] for one in page["objects"]], page["next"]


def published(publisher: FakePartner, count: int) -> list[str]:
    values = [indicator() for _ in range(count)]
    assert publisher.submit(*values).status == 201
    return [one["id"] for one in values]


def bring_back(running: RunningExchange, backup: Path, database: Path) -> None:
    running.exchange.database.dispose()
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(backup, database)


def test_an_older_state_is_found_out_and_after_the_loss_is_accepted_readers_get_what_is_new(
    running: RunningExchange, sqlite_url: str, tmp_path: Path
) -> None:
    database, backup = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    publisher, reader = running.enrol("Platform"), running.enrol("Hotline")
    published(publisher, 2)
    make_checkpoint(running.exchange)
    assert compare(running.exchange) is None
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", [str(backup)])
    published(publisher, 3)
    make_checkpoint(running.exchange)
    assert compare(running.exchange) is None
    before, cursor = pulled(reader, None)
    assert len(before) == 5
    bring_back(running, backup, database)
    assert compare(running.exchange) is ReadOnlyReason.LOG_BEHIND
    refused = publisher.submit(indicator())
    assert (refused.status, refused.code) == (503, "exchange-read-only")
    accept_loss(running.exchange, find_loss(running.exchange).tree_size)
    new = published(publisher, 2)
    assert pulled(reader, cursor)[0] == new
