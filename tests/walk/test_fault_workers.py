"""Workers are killed with SIGKILL in the middle of their work, and PostgreSQL with them: nothing is lost, nothing done twice.

The suite keeps short runs; ``make faults`` is the campaign.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from app.domain.errors import UnavailableError
from app.storage.session import Database
from tests.factories.databases import mortal_postgres
from tests.factories.note_workers import MortalWorkers, add_notes, mortal_workers, noted, open_notes

SHORT, LONG = 2, 100
NOTES_FOR_EACH = 15


def torture(url: str, workers: MortalWorkers, kills: int, once: Callable[[], None]) -> None:
    """Add notes while ``once`` kills something, then let the workers come to an end, and count."""
    database = Database(url)
    try:
        for number in range(kills):
            add_notes(database, number * NOTES_FOR_EACH, NOTES_FOR_EACH)
            time.sleep(random.uniform(0.05, 0.5))
            once()
        deadline = time.monotonic() + 60 + kills
        while is_open(database):
            assert time.monotonic() < deadline, "some notes are never done"
            time.sleep(0.1)
        assert noted(database) == {f"note-{number}": 1 for number in range(kills * NOTES_FOR_EACH)}
        print(f"{workers.kills} workers killed, {kills * NOTES_FOR_EACH} pieces of work, each done once")  # noqa: T201  # pytest -s shows it
    finally:
        database.dispose()


def is_open(database: Database) -> bool:
    with suppress(UnavailableError):
        return open_notes(database) > 0
    return True


def test_workers_that_are_killed_lose_and_double_nothing(tmp_path: Path, database_url: str) -> None:
    with mortal_workers(tmp_path / "exchange", database_url, 3) as workers:
        torture(database_url, workers, SHORT, workers.replace)


@pytest.mark.campaign
def test_workers_that_are_killed_a_hundred_times_lose_and_double_nothing(tmp_path: Path, database_url: str) -> None:
    with mortal_workers(tmp_path / "exchange", database_url, 6) as workers:
        torture(database_url, workers, LONG, workers.replace)


def postgres_killed(folder: Path, kills: int) -> None:
    with mortal_postgres() as server, server.database() as url, mortal_workers(folder / "exchange", url, 3) as workers:

        def once() -> None:
            server.kill()
            time.sleep(0.2)
            server.start()

        torture(url, workers, kills, once)


@pytest.mark.campaign
def test_postgresql_that_is_killed_under_workers_loses_and_doubles_nothing(tmp_path: Path) -> None:
    postgres_killed(tmp_path, 1)


@pytest.mark.campaign
def test_postgresql_that_is_killed_ten_times_under_workers_loses_and_doubles_nothing(tmp_path: Path) -> None:
    postgres_killed(tmp_path, 10)
