"""A broker (RabbitMQ) that tells workers where there is work, sooner than they would look themselves.

It is spoken to by kombu, Celery's messages. A message is one integer, the number of a row of the ledger, and nothing depends on
it: what is lost is told again half a minute later, and every worker sweeps the ledger now and then, or at its usual pace while
the broker is away. So there are no results, no times of delivery, no schedules at the broker, and nothing is told of before its
transaction has been committed. Owns queues, messages and the threads that receive them; what is done is ``poller``'s. Kept by
``tests/jobs/test_broker.py``. Needs the extra ``broker``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from app.domain.work import LaneName
from app.jobs.poller import Poller, Pollers, attempt, call_people, do_work, start_keeper
from app.services.announce_work import announce
from app.services.exchange import Exchange

QUEUE = "breakwater.work"
SWEEP_SECONDS = 10.0
INTERVAL_SECONDS = 0.5
_DRAIN_SECONDS = 20.0
_HEARTBEAT_SECONDS = 60
_PAUSE_SECONDS = 2.0
_CONNECT_SECONDS = 3

_log = logging.getLogger("breakwater.work")


class BrokerMissingError(Exception):
    """A broker is named, but the extra is not installed."""


class BrokerAwayError(Exception):
    """The broker took no message."""


class Broker:
    """The queues of one exchange at a broker, one for each lane, and whoever tells of work through them (one thread)."""

    def __init__(self, url: str, prefix: str = QUEUE) -> None:
        """Prepare; nothing is connected to yet. ``prefix`` begins the names of the queues.

        Raises:
            BrokerMissingError: the extra is not installed.
        """
        try:
            import kombu  # noqa: PLC0415  # an extra
        except ImportError as exc:
            raise BrokerMissingError("BREAKWATER_BROKER_URL needs the extra: pip install breakwater[broker].") from exc
        self._kombu: Any = kombu
        self._url = url
        self._prefix = prefix
        self._telling: Any = None
        self.is_away = False
        """Whether the last message could not be handed over: then workers look themselves, at their usual pace."""

    def connect(self) -> Any:
        """Give a new connection, connected.

        Raises:
            BrokerAwayError: there is no broker, or it lets us not in.
        """
        connection = self._kombu.Connection(self._url, connect_timeout=_CONNECT_SECONDS, heartbeat=_HEARTBEAT_SECONDS)
        try:
            connection.connect()
        except Exception as exc:  # of any library below
            connection.release()
            raise BrokerAwayError from exc
        return connection

    def queue(self, lane: LaneName) -> Any:
        """Give a lane's queue: it is kept by several brokers where there are several, and outlives them."""
        arguments = {"x-queue-type": "quorum"}
        return self._kombu.Queue(
            f"{self._prefix}.{lane}", durable=True, queue_arguments=arguments, routing_key=f"{self._prefix}.{lane}"
        )

    def tell(self, work_id: int, lane: LaneName) -> None:
        """Send a message of one integer; one that cannot be sent is lost, which costs time alone.

        Raises:
            BrokerAwayError: it was not sent.
        """
        try:
            if self._telling is None:
                self._telling = self.connect()
            queue = self.queue(lane)
            producer = self._kombu.Producer(self._telling.default_channel, serializer="json")
            producer.publish(work_id, routing_key=queue.routing_key, declare=[queue], retry=False)
        except Exception as exc:
            self.close()
            self._notice(is_away=True)
            raise BrokerAwayError from exc
        self._notice(is_away=False)

    def _notice(self, *, is_away: bool) -> None:
        if is_away != self.is_away:
            _log.warning("the broker is away: workers look for work themselves" if is_away else "the broker is back")
        self.is_away = is_away

    def close(self) -> None:
        """Close what tells."""
        telling, self._telling = self._telling, None
        if telling is not None:
            with suppress(Exception):  # it may have ended by itself
                telling.release()


class Receiver:
    """A thread that listens to one lane's queue, a message at a time, which it acknowledges when the work is done."""

    def __init__(self, broker: Broker, lane: LaneName, look_at: Callable[[int], None]) -> None:
        """Prepare; nothing runs before ``start``."""
        self._broker = broker
        self._lane = lane
        self._look_at = look_at
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"breakwater-broker-{lane}", daemon=True)

    def start(self) -> Receiver:
        """Start listening; the receiver itself is given back."""
        self._thread.start()
        return self

    def ask_to_stop(self) -> None:
        """Begin nothing more; does not wait."""
        self._stopping.set()

    def join(self, timeout_seconds: float) -> None:
        """Wait until it has ended, for so long at most."""
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception:  # noqa: BLE001  # whatever the broker does, it is asked again; the ledger is swept meanwhile
                self._stopping.wait(_PAUSE_SECONDS)

    def _listen(self) -> None:
        connection = self._broker.connect()
        try:
            channel = connection.default_channel
            channel.basic_qos(0, 1, False)  # noqa: FBT003  # AMQP's own order: a message at a time for this consumer
            consumer = connection.Consumer(
                self._broker.queue(self._lane), channel=channel, accept=["json"], callbacks=[self._take]
            )
            with consumer:
                while not self._stopping.is_set():
                    with suppress(TimeoutError):
                        connection.drain_events(timeout=1)
                    connection.heartbeat_check()
        finally:
            with suppress(Exception):
                connection.release()

    def _take(self, body: Any, message: Any) -> None:
        if isinstance(body, int) and not self._stopping.is_set():
            self._look_at(body)
        message.ack()


class AnnouncedWork:
    """All threads of a worker that is told by a broker: who receives, who announces, who sweeps, who calls people."""

    def __init__(self, exchange: Exchange, broker: Broker, threads: Mapping[str, int]) -> None:
        """Start them."""
        self._broker = broker
        lanes = {LaneName(name): count for name, count in threads.items()}
        sweepers = [Poller(exchange, self._sweep_seconds, partial(do_work, lane=lane)) for lane in lanes]
        announcer = Poller(exchange, INTERVAL_SECONDS, self._announce, prepares=False)
        people = [Poller(exchange, INTERVAL_SECONDS, call_people)] if LaneName.PROMPT in lanes else []
        started = (one.start() for one in (*sweepers, announcer, *people))
        self._pollers = Pollers(*started, *start_keeper(exchange).running)
        wanted = (lane for lane, count in lanes.items() for _ in range(count))
        self._receivers = [Receiver(broker, lane, partial(drain, exchange, lane)).start() for lane in wanted]

    def stop(self, timeout_seconds: float = 10.0) -> None:
        """Let what runs end, for so long at most in all."""
        ends_at = time.monotonic() + timeout_seconds
        for one in self._receivers:
            one.ask_to_stop()
        self._pollers.stop(timeout_seconds)
        for one in self._receivers:
            one.join(max(0.0, ends_at - time.monotonic()))
        self._broker.close()

    def _sweep_seconds(self) -> float:
        return INTERVAL_SECONDS if self._broker.is_away else SWEEP_SECONDS

    def _announce(self, exchange: Exchange) -> bool:
        for work_id, lane in announce(exchange):
            try:
                self._broker.tell(work_id, lane)
            except BrokerAwayError:
                return False  # the rest is told of again later, or swept before
        return False


def drain(exchange: Exchange, lane: LaneName, work_id: int) -> None:
    """Do the work of a message, and whatever else of its lane is due meanwhile, for some seconds at most."""
    ends_at = time.monotonic() + _DRAIN_SECONDS
    busy = attempt(exchange, partial(do_work, lane=lane, only=work_id)).was_busy
    while busy and time.monotonic() < ends_at:
        busy = attempt(exchange, partial(do_work, lane=lane)).was_busy
