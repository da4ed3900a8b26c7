"""Workers that are killed: real processes that do an exchange's work, each forked from one that has imported everything.

Owns starting and killing them. What they write, they write as any worker does; keys and the places of database and depot are
given to them. What is left to a killed worker's lease comes free at once (``leases``). Kept by
``tests/walk/test_fault_exports.py``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.factories.leases import end_leases
from tests.factories.members import Hub

ROOT = Path(__file__).parents[2]


class MortalWorkers:
    """Workers on a hub's database and depot."""

    def __init__(self, hub: Hub, bounds: dict[str, int]) -> None:
        """Start the process that they are forked from; ``bounds`` are numbers of ``write_parts`` to be set in them."""
        exchange, keys = hub.exchange, hub.exchange.keys
        self.url = exchange.database.engine.url.render_as_string(hide_password=False)
        depot: Any = exchange.depots["local"]
        given = {
            "url": self.url,
            "depot": str(depot.root),
            "now": hub.clock.now.isoformat(),
            "keys": [key.to_pem().decode() for key in (keys.statements, keys.directory, keys.checkpoints)],  # type: ignore[attr-defined]  # of a test, in this process
            "bounds": bounds,
        }
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.factories.mortal_workers"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._tell(json.dumps(given))
        self._heard()

    def live_for(self, seconds: float) -> bool:
        """Let a worker work for so long, or until nothing is due, and kill it. Gives whether it had come to the end."""
        self._tell("work")
        worker = int(self._heard())
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if _is_over(worker):
                break
            time.sleep(0.005)
        ended = _is_over(worker)
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        self._heard()  # it was waited for
        end_leases(self.url)
        return ended

    def end(self) -> None:
        """Kill the process that they are forked from."""
        self._nursery.kill()
        self._nursery.communicate()

    def _tell(self, line: str) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(line + "\n")
        self._nursery.stdin.flush()

    def _heard(self) -> str:
        assert self._nursery.stdout is not None
        line = self._nursery.stdout.readline()
        assert line, "the nursery died"
        return line.strip()


def _is_over(worker: int) -> bool:
    try:
        return Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@contextmanager
def mortal_workers(hub: Hub, **bounds: int) -> Iterator[MortalWorkers]:
    """Give workers for a hub until the end of the block."""
    workers = MortalWorkers(hub, bounds)
    try:
        yield workers
    finally:
        workers.end()


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _nursery() -> None:
    from datetime import datetime  # noqa: PLC0415  # imported by the nursery alone

    from app.crypto.seal import CursorSealer  # noqa: PLC0415  # the same
    from app.depot.folder import FolderDepot  # noqa: PLC0415  # the same
    from app.services.do_work import do_next  # noqa: PLC0415  # the same
    from app.services.exchange import Exchange, ExchangeKeys  # noqa: PLC0415  # the same
    from app.services.exporting import write_parts  # noqa: PLC0415  # the same
    from app.storage.session import Database  # noqa: PLC0415  # the same
    from breakwater_client.trust.keys import PrivateKey  # noqa: PLC0415  # the same

    given = json.loads(sys.stdin.readline())
    for name, bound in given["bounds"].items():
        setattr(write_parts, name, bound)
    keys = ExchangeKeys(*(PrivateKey.from_pem(pem.encode()) for pem in given["keys"]))
    now = datetime.fromisoformat(given["now"])
    _say("ready")
    while sys.stdin.readline():
        worker = os.fork()
        if worker == 0:
            depots = {"local": FolderDepot(Path(given["depot"]))}
            exchange = Exchange(Database(given["url"]), keys, CursorSealer([bytes(64)]), lambda: now, depots=depots)
            while do_next(exchange):
                pass
            os._exit(0)
        _say(worker)
        os.waitpid(worker, 0)
        _say("dead")


if __name__ == "__main__":
    _nursery()
