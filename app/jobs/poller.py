"""The poller: a thread that does what is due on the work ledger, one task after the other.

Owns when it looks and what it does about failures; what a task does, its lease and its retries are ``services.do_work``'s. Any
number of pollers, in any number of processes, may run on one database. Kept by ``tests/jobs/test_poller.py``.
"""

from __future__ import annotations

import logging
import random
import threading
import traceback

from app.domain.errors import UnavailableError
from app.services.do_work import do_next, ensure_periodic_work
from app.services.exchange import Exchange

INTERVAL_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 30.0
_MOST_DOUBLINGS = 10
_PLACES = 3

_log = logging.getLogger("breakwater.work")


class Poller:
    """One thread that works until it is stopped. It never ends by itself: a failure is logged and tried again later."""

    def __init__(self, exchange: Exchange, interval_seconds: float = INTERVAL_SECONDS) -> None:
        """Prepare; nothing runs before ``start``."""
        self._exchange = exchange
        self._interval_seconds = interval_seconds
        self._stopping = threading.Event()
        # A daemon: whatever happens to the process, an idle poller does not keep it alive. The ledger bears a kill at any point.
        self._thread = threading.Thread(target=self._run, name="breakwater-poller", daemon=True)

    def start(self) -> Poller:
        """Start the thread; the poller itself is given back."""
        self._thread.start()
        return self

    def stop(self, timeout_seconds: float = 10.0) -> None:
        """Let the running task end, for so long at most."""
        self._stopping.set()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        times_away = 0
        prepared = False
        while not self._stopping.is_set():
            busy = False
            try:
                if not prepared:
                    ensure_periodic_work(self._exchange)
                    prepared = True
                busy = do_next(self._exchange)
            except UnavailableError:
                times_away += 1
                _log.warning("work waits: the database is away")
            except Exception as exc:  # noqa: BLE001  # whatever one task does, the next must still be done
                _report(exc)
            else:
                times_away = 0
            if not busy:
                self._stopping.wait(self._pause_seconds(times_away))

    def _pause_seconds(self, times_away: int) -> float:
        """Give how long to wait: longer each time the database is away, and never equally long for all workers."""
        longest = min(self._interval_seconds * (1 << min(times_away, _MOST_DOUBLINGS)), _LONGEST_WAIT_SECONDS)
        spread: float = random.uniform(0.75, 1.25)  # noqa: S311  # spreads pollers in time, keeps no secret
        return longest * spread


def _report(exc: Exception) -> None:
    """Log what failed: the kind and the places, never the text, which may carry values."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(exc.__traceback__)[-_PLACES:]]
    _log.error("work failed: %s at %s", type(exc).__name__, ", ".join(places))
