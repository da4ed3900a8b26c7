"""Workers that write an export are killed at random moments: nothing partial is ever there to be seen, and the next one goes on.

The suite keeps a short run on SQLite; ``make faults`` is the campaign, on both databases.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from itertools import repeat

import pytest

from app.domain.export import Compression, ExportState
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.storage import bulk_exports, export_files
from app.storage.export_files import StoredFile
from tests.factories.depots import content
from tests.factories.exporting import Exporting, define
from tests.factories.members import Hub, started_hub
from tests.factories.mortal_workers import MortalWorkers, mortal_workers
from tests.factories.stix_objects import indicator

_OBJECTS = 60
_LONG = 60.0


def known(export: Exporting, number: int) -> dict[str, StoredFile]:
    """Give the files of an export that are known, by name."""
    with export.hub.exchange.database.read() as connection:
        files = export_files.files_of(connection, export.definition.definition_id, number)
    return {one.name: one for one in files}


def check_what_is_there(export: Exporting, number: int) -> None:
    """Each file that is known is there, whole; a manifest that is there, too, with all of its files."""
    files = known(export, number)
    for one in files.values():
        stored = content(export.depot, f"{export.member.id}/{one.definition_id}/{number:08d}/{one.name}")
        assert (len(stored), hashlib.sha256(stored).hexdigest()) == (one.size, one.sha256)
    manifest = export.manifest(number)
    assert manifest is None or {one.name for one in manifest.files} == set(files)


def is_done(export: Exporting, number: int) -> bool:
    """Whether an export is published and laid."""
    with export.hub.exchange.database.read() as connection:
        found = bulk_exports.export_by_number(connection, export.definition.definition_id, number)
    return found is not None and found.state is ExportState.PUBLISHED and found.is_laid


def run_with_kills(export: Exporting, workers: MortalWorkers, number: int, lives: Iterator[float]) -> int:
    """Let workers write an export, each killed after a while, until it is done. Gives how many were killed."""
    kills = 0
    while not is_done(export, number):
        export.due()  # as when a server starts: work that was killed too often in a row is there again
        before = known(export, number)
        kills += not workers.live_for(next(lives))
        check_what_is_there(export, number)
        after = known(export, number)
        assert all(after.get(name) == one for name, one in before.items()), "what was finished was done again"
    return kills


def killed(hub: Hub, kills: int, seed: int) -> int:
    """Follow an export whose workers are killed, while objects come and go, at least so often. Gives how often they were."""
    publisher = hub.enrol("Platform A")
    values = [indicator() for _ in range(_OBJECTS)]
    publisher.store(*values)
    export = define(hub.enrol("Platform B"), compression=Compression.ZSTD)
    hub.work()
    rng, done = random.Random(seed), 0
    with mortal_workers(hub, MOST_OBJECTS=4, _AT_ONCE=2) as workers:
        start = time.monotonic()
        run_with_kills(export, workers, 1, repeat(_LONG))
        usual = time.monotonic() - start
        while True:
            hub.work()  # who is killed between the last step and saying so, leaves one export more, of nothing
            export.follow()
            assert export.holds == export.sees()
            assert len(export.held) == len(export.holds)
            if done >= kills:
                return done
            withdraw(hub.exchange, publisher.principal, WithdrawalRequest(values.pop()["id"]))
            values.insert(0, indicator())
            publisher.store(values[0])
            hub.work()
            export.change(snapshot_wanted=True)
            done += run_with_kills(export, workers, export.applied + 1, iter(lambda: rng.uniform(0, usual), None))


def test_a_killed_worker_leaves_nothing_partial_and_the_next_one_goes_on(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        assert killed(hub, 5, seed=1) >= 5


@pytest.mark.campaign
def test_a_hundred_killed_workers(database_url: str) -> None:
    with started_hub(database_url) as hub:
        assert killed(hub, 100, seed=2) >= 100
