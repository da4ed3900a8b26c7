"""The pollers: threads that do what is due on the work ledger, that call people, and that keep checkpoints.

Each lane of work has threads of its own, so that nothing prompt waits for what takes long.

Owns when they look and what they do about failures; what a task does, its lease and its retries are ``services.do_work``'s, and
``page_contacts``' and ``send_mail``'s are those of calls. Nobody's mail server can hold the ledger up, hence own threads.
Any number of pollers, in any number of processes, may run on one database. Kept by ``tests/jobs/test_poller.py``.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from app.domain.errors import ReadOnlyError, UnavailableError
from app.domain.work import LaneName
from app.redaction import labels
from app.redaction.failures import summary
from app.services.calling.bring_near import bring_near
from app.services.do_work import LANES, do_next, ensure_periodic_work
from app.services.exchange import Exchange
from app.services.paging.page_contacts import take_turn
from app.services.paging.send_mail import send_due
from app.services.proving.kept_checkpoint import compare, why_read_only
from app.services.retention.bring_back import catch_up

INTERVAL_SECONDS = 0.5
COMPARE_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 30.0
_MOST_DOUBLINGS = 10

_log = logging.getLogger("breakwater.work")


def do_work(exchange: Exchange, lane: LaneName = LaneName.PROMPT, only: int | None = None) -> bool:
    """Do one piece of what is due in a lane, or the one of a number, unless nothing is taken in; False if nothing was done."""
    return why_read_only(exchange) is None and do_next(exchange, replace(LANES[lane], only=only))


def keep_checkpoint(exchange: Exchange) -> bool:
    """Compare the log with the checkpoint kept outside the database, keep the newest there, and heed the journal of erasures.

    After a clock was set back, webhooks are called in time again: what would do so on the ledger would itself come too late.
    """
    compare(exchange)
    catch_up(exchange)
    if why_read_only(exchange) is None:
        bring_near(exchange)
    return False


def call_people(exchange: Exchange) -> bool:
    """Take one turn of a page and send some mails; False if nothing was due."""
    was_turn = take_turn(exchange)
    return send_due(exchange) or was_turn


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one step went: whether anything was done, and whether something that it needs was away."""

    was_busy: bool = False
    was_away: bool = False


def attempt(exchange: Exchange, step: Callable[[Exchange], bool]) -> Attempt:
    """Do one step; whatever goes wrong in it is logged, and tried again by whoever comes next."""
    try:
        return Attempt(was_busy=step(exchange))
    except ReadOnlyError:  # another server found it
        compare(exchange)
        _log.warning("work waits: the exchange is read-only")
    except UnavailableError:
        _log.warning("work waits: the database or the signer is away")
        return Attempt(was_away=True)
    except Exception as exc:  # noqa: BLE001  # whatever one task does, the next must still be done
        _report(exc)
    finally:
        labels.end()
    return Attempt()


class Poller:
    """One thread that works until it is stopped. It never ends by itself: a failure is logged and tried again later."""

    def __init__(
        self,
        exchange: Exchange,
        interval_seconds: float | Callable[[], float] = INTERVAL_SECONDS,
        step: Callable[[Exchange], bool] = do_work,
        *,
        prepares: bool = True,
    ) -> None:
        """Prepare; nothing runs before ``start``. ``step`` does some of what is due and gives whether there was any.

        One that ``prepares`` puts periodic work on the ledger first. The interval may change while it runs.
        """
        self._prepares = prepares
        self._exchange = exchange
        self._step = step
        self._interval_seconds = interval_seconds if callable(interval_seconds) else lambda: interval_seconds
        self._stopping = threading.Event()
        # A daemon: whatever happens to the process, an idle poller does not keep it alive. The ledger bears a kill at any point.
        self._thread = threading.Thread(target=self._run, name="breakwater-poller", daemon=True)

    def start(self) -> Poller:
        """Start the thread; the poller itself is given back."""
        self._thread.start()
        return self

    def ask_to_stop(self) -> None:
        """Begin nothing more; does not wait."""
        self._stopping.set()

    def stop(self, timeout_seconds: float = 10.0) -> None:
        """Let the running task end, for so long at most."""
        self.ask_to_stop()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        times_away = 0
        while not self._stopping.is_set():
            done = attempt(self._exchange, self._prepare_and_step)
            times_away = times_away + 1 if done.was_away else 0
            if not done.was_busy:
                self._stopping.wait(self._pause_seconds(times_away))

    def _prepare_and_step(self, exchange: Exchange) -> bool:
        if self._prepares and why_read_only(exchange) is None:
            ensure_periodic_work(exchange)
            self._prepares = False
        return self._step(exchange)

    def _pause_seconds(self, times_away: int) -> float:
        """Give how long to wait: longer each time the database is away, and never equally long for all workers."""
        longest = min(self._interval_seconds() * (1 << min(times_away, _MOST_DOUBLINGS)), _LONGEST_WAIT_SECONDS)
        spread: float = random.uniform(0.75, 1.25)  # noqa: S311  # spreads pollers in time, keeps no secret
        return longest * spread


class Pollers:
    """Several pollers that are stopped together."""

    def __init__(self, *running: Poller) -> None:
        """Take pollers that were started."""
        self.running = running

    def stop(self, timeout_seconds: float = 10.0) -> None:
        """Let what runs end, for so long at most in all."""
        ends_at = time.monotonic() + timeout_seconds
        for poller in self.running:
            poller.ask_to_stop()
        for poller in self.running:
            poller.stop(max(0.0, ends_at - time.monotonic()))


ONE_OF_EACH: Mapping[str, int] = dict.fromkeys(LaneName, 1)
"""A thread for each lane."""


def start_pollers(exchange: Exchange, threads: Mapping[str, int] = ONE_OF_EACH) -> Pollers:
    """Start what an exchange does by itself, in the lanes that are named with their numbers of threads.

    Who does prompt work also calls people, and does so while the exchange takes nothing in.
    """
    steps: list[Callable[[Exchange], bool]] = [
        partial(do_work, lane=LaneName(name)) for name, count in threads.items() for _ in range(count)
    ]
    if LaneName.PROMPT in threads:
        steps.append(call_people)
    workers = (Poller(exchange, step=step).start() for step in steps)
    return Pollers(*workers, *start_keeper(exchange).running)


def start_keeper(exchange: Exchange) -> Pollers:
    """Start only what keeps this process's checkpoint: for one that serves, and leaves the work to others."""
    return Pollers(Poller(exchange, COMPARE_SECONDS, keep_checkpoint, prepares=False).start())


def _report(exc: Exception) -> None:
    """Log what failed: the kind and the places, never the text, which may carry values."""
    _log.error("work failed: %s", summary(exc))
