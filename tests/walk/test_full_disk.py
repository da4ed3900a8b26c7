"""The disk under a serving exchange is full for a while: that is told, and afterwards nothing is lost or half there.

Database (SQLite), keys, checkpoint, journal and the server's own log lie on the disk. The suite keeps a short run; ``make
diskfull`` is the campaign: twenty times full.
"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest
import requests

from tests.factories.log_keeper import LogKeeper
from tests.factories.mortal_servers import MortalServer, mortal_server
from tests.factories.small_disks import FillingDisk, filling_disk
from tests.factories.stix_objects import indicator
from tests.factories.stored_rows import StoredRows
from tests.factories.torture import World

SHORT, LONG = 1, 20
MEGABYTES = {SHORT: 64, LONG: 1024}
LEAST_ROOM = 16 * 1024 * 1024  # beside what the exchange itself has stored: with less it is full, whoever filled it
FULL_SECONDS, LIFE_SECONDS = (0.5, 2.0), (0.3, 1.5)
RECOVERY_SECONDS = 15
REFUSALS = 4
MOST_THAT_FIT = 100


def check_refusals(world: World, disk: FillingDisk, told: Counter[str]) -> None:
    """Who writes is told that the disk is full, and when to come back; the process itself answers.

    Soon the exchange takes nothing in by itself: the newest checkpoint cannot be kept beside the database.
    """
    codes = {"storage-full", "exchange-read-only"} | (set() if disk.is_mounted else {"exchange-unavailable"})
    refusals = 0
    while refusals < REFUSALS:
        answer = world.writer.submit(*(values := [indicator() for _ in range(200)]))
        told[answer.code if answer.status == 503 else "stored all the same"] += 1
        if answer.status == 201:  # there was room in what the database had taken before, such as its write-ahead log
            world.kept.written.update(one["id"] for one in values)
            assert told["stored all the same"] < MOST_THAT_FIT
            continue
        refusals += 1
        assert answer.status == 503, answer.body
        assert answer.code in codes
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
    assert requests.get(f"{world.server.url}/livez", timeout=30).status_code == 200


def recovered(world: World) -> float:
    """Submit until it is taken; gives after how many seconds it was."""
    begun = time.monotonic()
    while True:
        answer = world.writer.submit(one := indicator())
        if answer.status == 201:
            world.kept.written.add(one["id"])
            return time.monotonic() - begun
        assert answer.status == 503, answer.body
        assert time.monotonic() - begun < RECOVERY_SECONDS, answer.body
        time.sleep(0.1)


def filled(server: MortalServer, log: LogKeeper, disk: FillingDisk, times: int) -> None:
    world, chance, slowest = World.of(server), random.Random(times), 0.0
    told: Counter[str] = Counter()
    log.keep()
    with world.under_load():
        for _ in range(times):
            time.sleep(chance.uniform(*LIFE_SECONDS))
            disk.fill(server.session)
            try:
                time.sleep(chance.uniform(*FULL_SECONDS))
                check_refusals(world, disk, told)
            finally:
                disk.empty(server.session)
            assert shutil.disk_usage(disk.place).free > LEAST_ROOM, "the disk is too small for what is submitted meanwhile"
            slowest = max(slowest, recovered(world))
            log.keep()
    world.read_to_the_end()
    print(f"{times} times full: {dict(told)}; {world.kept.figures}; taken in again after {slowest:.1f} s at most")  # noqa: T201  # what the campaign is run for
    assert (world.kept.unexpected, world.kept.lost, world.kept.doubled) == ([], set(), set())
    # A connection that a client kept open may end all the same: the server closes idle ones. ``check_refusals`` keeps none open.
    assert world.kept.faults.keys() <= {"503", "ConnectionError"}
    world.check_what_was_told()
    server.kill()
    rows = StoredRows.of(log.url)
    rows.check_log()
    log.check(rows.hashes, rows.checkpoints, rows.nodes)
    rows.check_versions()
    rows.check_receipts(told=[*world.kept.submissions, *world.kept.statuses])


def sqlite_full(folder: Path, times: int) -> None:
    with filling_disk(folder / "disk", MEGABYTES[times]) as disk:
        home, url = disk.place / "exchange", f"sqlite:///{disk.place / 'breakwater.db'}"
        with mortal_server(home, url, temporary=folder, checkpoint_seconds="1") as server:
            filled(server, LogKeeper(url, home, server.operator), disk, times)


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    sqlite_full(tmp_path, SHORT)


@pytest.mark.campaign
def test_a_disk_that_is_full_again_and_again_loses_nothing(tmp_path: Path) -> None:
    sqlite_full(tmp_path, LONG)
