"""Workers of two servers are killed while several write at once: what a status says, and what is stored, agree afterwards.

Several writers also wait for one another here, in two servers on one PostgreSQL, so that a deadlock would show.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pytest
import requests

from tests.factories.load_objects import plain_indicators
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Sandbox, serving_beside, serving_sandbox, workers_killed
from tests.factories.stored_rows import StoredRows
from tests.factories.taxii_load import Worker

_WORKERS = 4
_WRITERS = 4
_KILLS = 5
_SIZES = (1, 120)  # rows by INSERT, and by COPY where there is one


@dataclass
class Told:
    """What the writers were told: each status by its id, and what broke."""

    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Sandbox], str]]:
    """One server with four workers on SQLite, or two on one PostgreSQL; and the URL of their database."""
    folder = tmp_path_factory.mktemp("killed")
    with ExitStack() as stack:
        url = stack.enter_context(sandboxes.laid(request.param, folder / "exchange"))
        first = stack.enter_context(serving_sandbox(folder / "exchange", url, workers=_WORKERS))
        if request.param == "sqlite":
            yield [first], url
            return
        yield [first, stack.enter_context(serving_beside(first, folder / "second", url))], url


def write_at_once(sandboxes: Sequence[Sandbox], told: Told, killed: Sequence[int]) -> None:
    """Let several post, small and large, to each server in turn; what breaks is sent again, as clients do."""
    lock = threading.Lock()

    def write(number: int) -> None:
        hands = [Worker(one.account("legacy-a"), "exchange") for one in sandboxes]
        objects = plain_indicators(time.time_ns() + number)
        while len(killed) < _KILLS:
            batch = list(islice(objects, _SIZES[number % len(_SIZES)]))
            for attempt in range(100):
                try:
                    status = hands[(number + attempt) % len(hands)].post(batch)
                except requests.RequestException as exc:
                    with lock:
                        told.faults[type(exc).__name__] += 1
                    time.sleep(0.05)
                    continue
                with lock:
                    told.statuses[status["id"]] = status
                break

    threads = [threading.Thread(target=write, args=(number,)) for number in range(_WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture(scope="module")
def told(served: tuple[list[Sandbox], str]) -> Told:
    """What the writers were told while workers were killed: by those who outlived it, and some who did not."""
    sandboxes, _ = served
    outcome = Told()
    with workers_killed(sandboxes, every_seconds=0.6, most=_KILLS) as killed:
        write_at_once(sandboxes, outcome, killed)
    assert outcome.statuses
    assert not outcome.faults["HTTPError"], "a kill breaks connections; no answer says that something failed"
    return outcome


def test_each_status_is_the_same_when_it_is_asked_for_again(served: tuple[list[Sandbox], str], told: Told) -> None:
    accounts = [one.account("legacy-a") for one in served[0]]
    for number, (status_id, status) in enumerate(told.statuses.items()):
        account = accounts[number % len(accounts)]
        assert account.get(f"status/{status_id}/", account.basic()).json() == status


def test_what_a_status_says_to_be_stored_is_stored(served: tuple[list[Sandbox], str], told: Told) -> None:
    rows = StoredRows.of(served[1])
    versions = {(row.stix_id, row.version): row for row in rows.versions}
    contents = {row.version_id for row in rows.contents}
    for status in told.statuses.values():
        assert status["success_count"] == status["total_count"]
        for one in status["successes"]:
            assert versions[one["id"], one["version"]].version_id in contents


def test_what_is_stored_belongs_to_a_submission_whose_receipt_says_so(served: tuple[list[Sandbox], str], told: Told) -> None:
    assert told.statuses
    StoredRows.of(served[1]).check_receipts(told=told.statuses)


def test_no_number_is_left_out_or_given_twice_and_every_version_is_whole(served: tuple[list[Sandbox], str], told: Told) -> None:
    assert told.statuses
    rows = StoredRows.of(served[1])
    rows.check_log()
    rows.check_versions()
