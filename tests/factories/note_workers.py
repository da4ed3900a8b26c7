"""Workers that are killed: processes that do the ledger's work as ``breakwater worker`` does, with short leases.

Owns their start, each forked from a process that has imported the exchange already, and a kind of work that can be counted: a
*note* puts its word into the table of events, once if nothing is doubled. Kept by ``tests/walk/test_fault_workers.py``.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import select

from app.services.exchange import utc_now
from app.storage import work
from app.storage.session import Database
from app.storage.tables import event as event_table
from app.storage.tables import work as work_table

ROOT = Path(__file__).parents[2]
_NURSERY = """
import os, random, sys, time
from datetime import timedelta
from app.__main__ import workshop
from app.cli import worker
from app.domain.events import Event, EventRecord
from app.jobs import poller
from app.services import do_work, held_work
from app.storage import events

def note(connection, payload, now):
    time.sleep(random.uniform(0, 0.05))
    events.add_events(connection, [EventRecord(Event.SUBMISSION_STORE, now, subject=payload["note"])])
    time.sleep(random.uniform(0, 0.05))

do_work.KINDS = {**do_work.KINDS, "note": note}
do_work.LEASE = timedelta(seconds=2)
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        exchange = workshop().exchange(os.environ)
        random.seed()
        running = poller.start_pollers(exchange, {"prompt": 2})
        print("worker:", os.getpid(), flush=True)
        time.sleep(3600)
        os._exit(0)
"""


class MortalWorkers:
    """Workers of one database, whose exchange is initialised."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        """Prepare the nursery; nobody works before ``start``."""
        with log.open("ab") as errors:
            self._nursery = subprocess.Popen(
                [sys.executable, "-c", _NURSERY],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.pids: list[int] = []
        self.kills = 0

    def start(self) -> None:
        """Start one more."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write("\n")
        self._nursery.stdin.flush()
        self.pids.append(int(self._nursery.stdout.readline().removeprefix("worker:")))

    def replace(self) -> None:
        """Kill any of them with SIGKILL, and start another."""
        self.kill(random.choice(self.pids))
        self.start()

    def kill(self, pid: int) -> None:
        """Kill one."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.pids.remove(pid)
        self.kills += 1

    def end(self) -> None:
        """Kill all."""
        for pid in list(self.pids):
            self.kill(pid)
        self._nursery.communicate()


@contextmanager
def mortal_workers(folder: Path, database_url: str, count: int) -> Iterator[MortalWorkers]:
    """Make an exchange in ``folder`` and start so many workers of it; they are gone at the end."""
    given = {"HOME": str(folder), "DATABASE_URL": database_url, "MODE": "development"}
    environment = os.environ | {f"BREAKWATER_{name}": value for name, value in given.items()}
    command = [sys.executable, "-m", "app", "init", "--development", "--json"]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    workers = MortalWorkers(environment, folder.with_name(f"{folder.name}.log"))
    try:
        for _ in range(count):
            workers.start()
        yield workers
    finally:
        workers.end()


def add_notes(database: Database, first: int, count: int) -> None:
    """Put notes on the ledger, each in a transaction of its own."""
    for number in range(first, first + count):
        with database.write() as connection:
            work.add_work(connection, "note", {"note": f"note-{number}"}, utc_now())


def noted(database: Database) -> Counter[str]:
    """Give how often each note took effect."""
    with database.read() as connection:
        found = connection.execute(select(event_table.c.subject).where(event_table.c.subject.like("note-%"))).scalars()
        return Counter(found)


def open_notes(database: Database) -> int:
    """Give how many notes are not done."""
    with database.read() as connection:
        asked = select(work_table.c.work_id).where(work_table.c.kind == "note", work_table.c.state != "done")
        return len(connection.execute(asked).all())
