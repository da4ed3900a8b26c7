"""A RabbitMQ for tests: the one that runs on this machine, or one that is started here; and a proxy by which it is cut off.

Owns finding and starting it, queues of a test's own, and taking them away. Kept by ``tests/jobs/test_broker.py``.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kombu import Connection

from app.domain.work import LaneName

USUAL = ("127.0.0.1", 5672)


class NoBrokerError(Exception):
    """There is no RabbitMQ, and none could be started."""


def broker_address() -> tuple[str, int]:
    """Give where a RabbitMQ listens on this machine; one is started if none does.

    Raises:
        NoBrokerError: none is installed, or it does not start.
    """
    if not _answers(USUAL):
        server = shutil.which("rabbitmq-server", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/lib/rabbitmq/bin")
        if server is None:
            raise NoBrokerError("RabbitMQ is not installed (Debian: apt-get install rabbitmq-server).")
        subprocess.run([server, "-detached"], check=False, capture_output=True)
        deadline = time.monotonic() + 60
        while not _answers(USUAL):
            if time.monotonic() > deadline:
                raise NoBrokerError("RabbitMQ was started and does not answer.")
            time.sleep(0.5)
    return USUAL


def _answers(address: tuple[str, int]) -> bool:
    try:
        with Connection(f"amqp://guest:guest@{address[0]}:{address[1]}//", connect_timeout=5) as connection:
            connection.connect()
    except OSError:
        return False
    return True


@contextmanager
def queues(address: tuple[str, int]) -> Iterator[str]:
    """Give a prefix of queues that nobody else has; they are deleted at the end."""
    prefix = f"breakwater-test-{uuid.uuid4()}"
    yield prefix
    with Connection(f"amqp://guest:guest@{address[0]}:{address[1]}//", connect_timeout=5) as connection:
        for lane in LaneName:
            channel = connection.channel()
            with suppress(Exception):  # whatever of them there is
                channel.queue_delete(f"{prefix}.{lane}")


class Proxy:
    """A port that leads to the broker until it is cut: then connections end and new ones are refused."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._pairs: set[socket.socket] = set()
        self.is_cut = False
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def cut(self) -> None:
        """End all connections, and every new one at once."""
        self.is_cut = True
        for one in list(self._pairs):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listening.accept()
            except OSError:
                return
            if self.is_cut:
                accepted.close()
                continue
            threading.Thread(target=self._forward, args=(accepted,), daemon=True).start()

    def _forward(self, accepted: socket.socket) -> None:
        with contextlib.ExitStack() as opened:
            opened.enter_context(accepted)
            try:
                onward = opened.enter_context(socket.create_connection(self._target))
                pair = {accepted: onward, onward: accepted}
                self._pairs |= pair.keys()
                while not self.is_cut:
                    for one in select.select([*pair], [], [], 0.5)[0]:
                        data = one.recv(65_536)
                        if not data:
                            return
                        pair[one].sendall(data)
            except OSError:
                return
            finally:
                self._pairs -= {accepted}


@contextmanager
def proxied(target: tuple[str, int]) -> Iterator[Proxy]:
    """Give a proxy that is closed at the end."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
