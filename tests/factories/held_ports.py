"""Ports of this machine that are this process's until a server of it listens there, and whenever that server is down.

A port that was free a moment ago may be another's when a server that needs seconds to start comes to it. These are bound and not
listened at: the system gives them to nobody who asks for any port, and lets whoever names one, and reuses addresses as a server
does, listen there all the same. Kept by ``tests/promises/test_test_bed.py``.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

LOOPBACK = "127.0.0.1"


@contextmanager
def held_ports(count: int) -> Iterator[list[int]]:
    """Hold so many ports of loopback until the end of the block."""
    with ExitStack() as stack:
        ports: list[int] = []
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((LOOPBACK, 0))
            ports.append(one.getsockname()[1])
        yield ports
