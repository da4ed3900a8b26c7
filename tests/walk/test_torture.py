"""The whole server is killed under load, again and again: nothing acknowledged is lost or doubled, and the log has no gap.

The suite keeps a short run; ``make torture`` is the campaign: two hundred kills of the server (``KILLS``) and ten of PostgreSQL.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.factories.databases import MortalPostgres, mortal_postgres
from tests.factories.log_keeper import LogKeeper
from tests.factories.mortal_servers import MortalServer, mortal_server
from tests.factories.stored_rows import StoredRows
from tests.factories.torture import World

SHORT, LONG = 3, int(os.environ.get("BREAKWATER_TEST_KILLS", "200"))
SHORT_OF_POSTGRES, LONG_OF_POSTGRES = 1, 10
# How long a server lives under load before it is killed: into its first requests, or into the middle of many.
LIFE_SECONDS = (0.2, 1.2)
NEWEST = 4
# What a client may be told by a kill: that a connection broke, or that later is right.
BROKEN_CONNECTIONS = {"ConnectionError", "ChunkedEncodingError"}


def torture(server: MortalServer, log: LogKeeper, kills: int, once: Callable[[], None]) -> World:
    """Let clients work while ``once`` kills and starts something; check what they were told each time, and all at the end."""
    world, lives = World.of(server), random.Random(kills)
    with world.under_load():
        for _ in range(kills):
            time.sleep(lives.uniform(*LIFE_SECONDS))
            once()
            log.keep()
            world.check_what_was_told(NEWEST)
    world.read_to_the_end()
    print(f"{kills} kills: {world.kept.figures}; {len(log.notes)} checkpoints")  # noqa: T201  # what the campaign is run for; pytest -s shows it
    assert world.kept.submissions
    assert world.kept.statuses
    assert (world.kept.unexpected, world.kept.lost, world.kept.doubled) == ([], set(), set())
    world.check_what_was_told()
    server.kill()
    rows = StoredRows.of(log.url)
    rows.check_log()
    log.check(rows.hashes, rows.checkpoints, rows.nodes)
    rows.check_versions()
    rows.check_receipts(told=[*world.kept.submissions, *world.kept.statuses])
    return world


# --- the server -------------------------------------------------------------------------------------------------------------


def server_killed(folder: Path, url: str, kills: int) -> None:
    home = folder / "exchange"
    with mortal_server(home, url, checkpoint_seconds="1") as server:
        world = torture(server, LogKeeper(url, home, server.operator), kills, server.replace)
    # On a busy machine somebody may have waited for too long as the server began: 503, exchange-overloaded.
    assert world.kept.faults.keys() <= {"503", *BROKEN_CONNECTIONS}


def test_a_server_killed_a_few_times_loses_and_doubles_nothing(tmp_path: Path, database_url: str) -> None:
    server_killed(tmp_path, database_url, SHORT)


@pytest.mark.campaign
def test_a_server_killed_two_hundred_times_loses_and_doubles_nothing(tmp_path: Path, database_url: str) -> None:
    server_killed(tmp_path, database_url, LONG)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def postgres_here() -> Iterator[MortalPostgres]:
    """A PostgreSQL of this test's own."""
    with mortal_postgres() as server:
        yield server


def postgres_killed(folder: Path, postgres: MortalPostgres, kills: int) -> None:
    def once() -> None:
        postgres.kill()
        time.sleep(0.2)
        postgres.start()

    home = folder / "exchange"
    with postgres.database() as url, mortal_server(home, url, checkpoint_seconds="1") as server:
        world = torture(server, LogKeeper(url, home, server.operator), kills, once)
    # No other status. A connection that a client kept open may end all the same: the server closes idle ones.
    assert {"503"} <= world.kept.faults.keys() <= {"503", *BROKEN_CONNECTIONS}


def test_while_postgresql_is_away_there_are_503_and_afterwards_nothing_is_lost(
    tmp_path: Path, postgres_here: MortalPostgres
) -> None:
    postgres_killed(tmp_path, postgres_here, SHORT_OF_POSTGRES)


@pytest.mark.campaign
def test_postgresql_killed_ten_times_loses_and_doubles_nothing(tmp_path: Path, postgres_here: MortalPostgres) -> None:
    postgres_killed(tmp_path, postgres_here, LONG_OF_POSTGRES)
