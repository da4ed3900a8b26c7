"""Work that takes minutes: it is done outside of one transaction, and whoever does it keeps saying that it still does.

Owns the lease of such a piece of work while it is done: each transaction of it asks whether it is still held, and holds it for
longer. So a worker that was thought dead writes nothing once another one has taken over. Kept by
``tests/services/test_held_work.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from app.services.exchange import Exchange
from app.storage import work
from app.storage.session import Connection
from app.storage.work import Task

LEASE = timedelta(seconds=60)
"""So long a piece of work is a worker's without a word from it."""


class LeaseLostError(Exception):
    """Another worker has taken the work over: stop, and leave everything to it."""


class HeldWork:
    """A piece of work that this worker holds."""

    def __init__(self, exchange: Exchange, task: Task) -> None:
        """Take a task that was claimed."""
        self._exchange = exchange
        self.task = task

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a write transaction in which the work is held, and for another lease from its start.

        Raises:
            LeaseLostError: it is not held any more; nothing is written.
        """
        with self._exchange.database.write() as connection:
            if not work.renew(connection, self.task, LEASE):
                raise LeaseLostError
            yield connection

    def keep(self) -> None:
        """Hold the work for another lease; at least every 20 seconds where nothing is written. Raises as ``write``."""
        with self.write():
            pass
