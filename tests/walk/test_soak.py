"""A server that works for long holds no more memory, files, connections and rows of housekeeping than after its first minutes.

Objects, recalls and the log grow, as they must; what is looked at is what must not. The suite keeps some seconds, in which a leak
for each request would show; ``make soak`` is the campaign, an hour unless ``MINUTES`` says otherwise.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Table, func, make_url, select, text

from app.domain.vocabulary import Channel, Purpose
from app.storage.session import Database
from app.storage.tables import idempotency_key, object_version, request_nonce
from app.storage.work_tables import work
from tests.factories.exchanges import PLAIN_TOOLS, Wanted
from tests.factories.footprints import footprint, slope
from tests.factories.mortal_servers import MortalServer, mortal_server
from tests.factories.stix_objects import indicator
from tests.factories.torture import World

MINUTES = float(os.environ.get("BREAKWATER_TEST_MINUTES", "60"))
SHORT_SECONDS, SHORT_STEP_SECONDS = 6.0, 1.0
REST_SECONDS = 0.3  # an hour of work at full speed would be millions of objects, more than a database in memory can be
FEWEST_LOOKS = 3
MOST_MEGABYTES_A_MINUTE = 1.0
MOST_MORE_DESCRIPTORS = 24  # of connections that are on their way at the moment of a look
MOST_CONNECTIONS = 80
MOST_LOG_MEGABYTES = 160  # of PostgreSQL here max_wal_size is 128 MB; SQLite empties its own at 4
MOST_WORK = 100  # beside what each recall leaves for as long as it is not settled
_MEGABYTE = 1024 * 1024
_TABLES: dict[str, Table] = {"versions": object_version, "work": work, "nonces": request_nonce, "keys": idempotency_key}


@dataclass(frozen=True)
class Look:
    """What there is at a moment."""

    minutes: float
    each_megabytes: tuple[float, ...]  # of each process, the oldest first
    descriptors: int
    connections: int
    log_megabytes: float
    rows: dict[str, int]

    @property
    def megabytes(self) -> float:
        """The memory of all processes."""
        return sum(self.each_megabytes)

    def __str__(self) -> str:
        rows = ", ".join(f"{name} {count}" for name, count in self.rows.items())
        each = " + ".join(f"{one:.0f}" for one in self.each_megabytes)
        held = f"{self.megabytes:.0f} MB ({each}), {self.descriptors} files, {self.connections} connections"
        return f"{self.minutes:5.1f} min: {held}, WAL {self.log_megabytes:.1f} MB; {rows}"


class Watch:
    """Looks at a server and its database."""

    def __init__(self, server: MortalServer, url: str) -> None:
        self.server, self.url, self.began = server, make_url(url), time.monotonic()
        self.database = Database(url)
        self.looks: list[Look] = []

    def look(self) -> None:
        held = footprint(self.server.session)
        with self.database.look() as connection:
            rows = {name: connection.execute(select(func.count()).select_from(one)).scalar_one() for name, one in _TABLES.items()}
            if self.database.is_sqlite:
                connections, log = 0, Path(f"{self.url.database}-wal").stat().st_size
            else:
                mine = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                connections = connection.execute(mine).scalar_one()
                log = connection.execute(text("SELECT coalesce(sum(size), 0) FROM pg_ls_waldir()")).scalar_one()
        minutes = (time.monotonic() - self.began) / 60
        each = tuple(one / _MEGABYTE for one in held.each_resident_bytes)
        self.looks.append(Look(minutes, each, held.descriptors, connections, int(log) / _MEGABYTE, rows))
        print(self.looks[-1], flush=True)  # noqa: T201  # what the campaign is run for; pytest -s shows it

    @property
    def later(self) -> list[Look]:
        """The second half of the looks: by then everything is warm."""
        return self.looks[len(self.looks) // 2 :]

    @property
    def growth(self) -> float:
        """By how many megabytes a minute the memory grew in the second half."""
        return slope([one.minutes for one in self.later], [one.megabytes for one in self.later])


def recall_and_export(world: World) -> Iterator[int]:
    """Submit and withdraw, answer for what is recalled, search, and have an export made now and then. Gives how often it has."""
    asked = {"name": "soak", "snapshots": "0 3 * * *", "deltas": "0 4 * * *", "purpose": "detection", "tlp_ceiling": "amber"}
    made = world.insist(lambda: world.reader.post("exports", asked))
    assert made.status == 201, made.body
    turn = 0
    while True:
        one = indicator()
        stored = world.insist(lambda: world.writer.submit(one))  # noqa: B023  # called at once
        assert stored.status == 201, stored.body
        world.insist(lambda: world.reader.object(one["id"]))  # noqa: B023  # the same
        gone = world.insist(lambda: world.writer.post(f"objects/{one['id']}/withdrawal", {"reason": "error", "act": "delete"}))  # noqa: B023  # the same
        assert gone.status == 201, gone.body
        for path in ("notices", "search", "exports", "log/checkpoint", "keys"):
            assert world.insist(lambda: world.reader.get(path)).status in {200, 404}, path  # noqa: B023  # the same
        if turn % 20 == 0:
            world.insist(lambda: world.reader.post(f"exports/{made.json['id']}/runs", {}))
        turn += 1
        yield turn


def soak(folder: Path, url: str, seconds: float, step_seconds: float) -> Watch:
    unlimited = dict.fromkeys(("objects_per_day", "versions_per_day", "lookups_per_day"), str(10**9))
    with mortal_server(folder / "exchange", url, checkpoint_seconds="5", **unlimited) as server:
        world = World.of(server)
        world.rest_seconds = REST_SECONDS
        reads = {"read": {"channels": [Channel.REST, Channel.TAXII, Channel.EXPORT]}}
        world.reader = server.enrol("Exporting reader", Wanted(agreement=PLAIN_TOOLS | reads, purpose=Purpose.DETECTION))
        watch, turns, ends = Watch(server, url), recall_and_export(world), time.monotonic() + seconds
        withdrawn = 0
        with world.under_load():
            while time.monotonic() < ends or len(watch.looks) < FEWEST_LOOKS:
                watch.look()
                until = time.monotonic() + step_seconds
                while time.monotonic() < until:
                    withdrawn = next(turns)
                    time.sleep(0.1)
        watch.look()
        world.read_to_the_end()
        assert (world.kept.unexpected, world.kept.lost, world.kept.doubled, dict(world.kept.faults)) == ([], set(), set(), {})
        watch.database.dispose()
    grown = f"memory {watch.growth:+.2f} MB a minute in the second half"
    print(f"{seconds / 60:.1f} minutes: {world.kept.figures}; {grown}")  # noqa: T201  # the same
    first, last = watch.looks[len(watch.looks) // 2], watch.looks[-1]
    assert last.rows["versions"] > watch.looks[0].rows["versions"], "nothing was done"
    assert last.descriptors <= first.descriptors + MOST_MORE_DESCRIPTORS
    assert max(one.connections for one in watch.looks) <= MOST_CONNECTIONS
    assert max(one.log_megabytes for one in watch.looks) <= MOST_LOG_MEGABYTES
    assert max(one.rows["work"] for one in watch.looks) <= MOST_WORK + 2 * withdrawn
    return watch


def test_some_seconds_leave_no_more_files_connections_and_work(tmp_path: Path, postgres_url: str) -> None:
    soak(tmp_path, postgres_url, SHORT_SECONDS, SHORT_STEP_SECONDS)


@pytest.mark.campaign
def test_hours_leave_no_more_memory_either(tmp_path: Path, database_url: str) -> None:
    watch = soak(tmp_path, database_url, MINUTES * 60, max(MINUTES * 60 / 40, 2))
    assert watch.growth < MOST_MEGABYTES_A_MINUTE
