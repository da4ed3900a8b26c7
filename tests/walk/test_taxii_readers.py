"""Other programs' ways of polling, while others write: each gets every object, exactly once over its runs."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
import taxii2client.v21 as taxii

from tests.factories.load_objects import plain_indicators
from tests.factories.taxii_accounts import Account
from tests.factories.taxii_load import Worker
from tests.factories.taxii_readers import (
    DateFollower,
    MispBrowser,
    MispImport,
    OpenCtiConnector,
    OpenCtiIngestion,
)

Accounts = Callable[[str], Account]
NewCollection = Callable[..., str]
_WRITES = 12


@pytest.fixture
def writer(accounts: Accounts) -> Account:
    return accounts("legacy-a")


@pytest.fixture
def reader(accounts: Accounts) -> Account:
    return accounts("platform-b")


@pytest.fixture
def shared(new_collection: NewCollection) -> str:
    return new_collection(legacy_a="rw", platform_b="r")


@contextmanager
def somebody_writes(account: Account, collection_id: str) -> Iterator[list[str]]:
    """Post batches of different sizes while the block runs; the ids are complete once the block has ended."""
    written: list[str] = []
    hand, objects = Worker(account, collection_id), plain_indicators(time.time_ns())

    def write() -> None:
        for number in range(_WRITES):
            batch = list(islice(objects, (1, 40, 3)[number % 3]))
            assert hand.post(batch)["success_count"] == len(batch)
            written.extend(one["id"] for one in batch)
            time.sleep(0.02)

    thread = threading.Thread(target=write)
    thread.start()
    yield written
    thread.join()


def gathered(run: Callable[[], list[dict[str, Any]]], account: Account, collection_id: str) -> tuple[list[str], Counter[str]]:
    """Let a program run again and again while somebody writes and until nothing is new; gives what was written, and what came."""
    came: Counter[str] = Counter()
    with somebody_writes(account, collection_id) as written:
        while len(written) < 100:
            came.update(one["id"] for one in run())
    for _ in range(200):
        last = run()
        came.update(one["id"] for one in last)
        if not last:
            break
    return written, came


@pytest.mark.parametrize("limit", [None, 7])
def test_who_goes_on_from_the_last_date_gets_each_object_once(
    writer: Account, reader: Account, shared: str, limit: int | None
) -> None:
    follower = DateFollower(reader, shared, limit)
    written, came = gathered(follower.run, writer, shared)
    assert came == Counter(written)


@pytest.mark.parametrize("limit", [None, 7])
def test_openctis_ingestion_gets_each_object_once_though_it_cuts_dates(
    writer: Account, reader: Account, shared: str, limit: int | None
) -> None:
    ingestion = OpenCtiIngestion(reader, shared, limit)
    came: Counter[str] = Counter()
    with somebody_writes(writer, shared) as written:
        while len(written) < 100:
            came.update(one["id"] for one in ingestion.run())
    while True:
        before = ingestion.added_after, ingestion.cursor
        came.update(one["id"] for one in ingestion.run())
        if (ingestion.added_after, ingestion.cursor) == before:
            break
    assert came == Counter(written)


def test_openctis_ingestion_starts_where_its_first_date_says(writer: Account, reader: Account, shared: str) -> None:
    hand, objects = Worker(writer, shared), list(islice(plain_indicators(5), 4))
    hand.post(objects[:2])
    time.sleep(0.01)
    start = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    time.sleep(0.01)
    hand.post(objects[2:])
    ingestion = OpenCtiIngestion(reader, shared, limit=1, added_after=start)
    assert [ingestion.run()[0]["id"] for _ in range(2)] == [one["id"] for one in objects[2:]]


def test_openctis_connector_gets_what_came_between_its_runs(writer: Account, reader: Account, shared: str) -> None:
    with taxii.ApiRoot(reader.api_root, user=reader.username, password=reader.token) as root:
        title = next(one.title for one in root.collections if one.id == shared)
    connector = OpenCtiConnector(reader, f"{reader.api_root.split('/')[-2]}.{title}", limit=10)
    hand, objects = Worker(writer, shared), plain_indicators(6)
    came: Counter[str] = Counter()
    written: list[str] = []
    for size in (25, 0, 3, 40):
        batch = list(islice(objects, size))
        if batch:
            hand.post(batch)
            written += [one["id"] for one in batch]
        # It remembers the whole second in which a run began, and is given again what came before the run in that second.
        time.sleep(1.001 - datetime.now(UTC).microsecond / 1e6)
        came.update(one["id"] for one in connector.run(datetime.now(UTC)))
    assert came == Counter(written)
    assert connector.filters["next"], "the cursor of an earlier run was sent beside added_after"


def test_misps_ways_of_reading(writer: Account, reader: Account, shared: str) -> None:
    objects = list(islice(plain_indicators(7), 130))
    Worker(writer, shared).post(objects)
    wanted = [one["id"] for one in objects]
    assert [one["id"] for one in MispBrowser(reader, shared).run()] == wanted
    assert [one["id"] for one in MispImport(reader, shared).run()] == wanted
    assert [one["id"] for one in MispImport(reader, shared, most=120).run(type="indicator")] == wanted[:120]
