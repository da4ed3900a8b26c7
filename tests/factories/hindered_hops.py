"""A hop in front of a server that hinders some of its requests: a proxy for TCP that looks at the first line of each.

Owns the counting and the hindrances. Kept by ``tests/depot/test_bucket_faults.py``.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import urlsplit

_PIECE = 65536
_MOST_BEFORE_A_CUT = 2 * 1024 * 1024
_BUSY = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_FULL = b"HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Hindrance(Enum):
    """What becomes of a request."""

    BUSY = auto()
    """It is answered with 503, and never reaches the server."""
    FULL = auto()
    """It is answered with 507, and never reaches the server."""
    RESET = auto()
    """The connection is reset before the server hears of it."""
    NO_ANSWER = auto()
    """The server does what it asks, and the connection is reset before the answer comes."""
    CUT = auto()
    """The answer ends in its middle."""


Choice = Callable[[int, str], Hindrance | None]
"""From the number of a request, from 1 on, and its first line (``PUT /bucket/key HTTP/1.1``) to what becomes of it."""


@dataclass
class Hop:
    """A running hop at ``url``. ``lines`` are the first lines that came, in order."""

    url: str
    choose: Choice
    lines: list[str] = field(default_factory=list)


@contextmanager
def hindered(url: str, choose: Choice) -> Iterator[Hop]:
    """Give a hop in front of ``url``. Each connection carries one request, so that each is counted."""
    parts = urlsplit(url)
    server = (str(parts.hostname), int(parts.port or 80))
    listener = socket.create_server(("127.0.0.1", 0))
    hop = Hop(f"http://127.0.0.1:{listener.getsockname()[1]}", choose)
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                near = listener.accept()[0]
            except OSError:
                return
            threads.append(threading.Thread(target=_serve, args=(hop, near, server)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield hop
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()


def _serve(hop: Hop, near: socket.socket, server: tuple[str, int]) -> None:
    with near, suppress(OSError):
        near.settimeout(30)
        head, rest = _head(near)
        if not head:
            return
        line = head.partition(b"\r\n")[0].decode("ascii")
        hop.lines.append(line)
        hindrance = hop.choose(len(hop.lines), line)
        if hindrance is Hindrance.RESET:
            _reset(near)
            return
        length = _length(head)
        if hindrance in {Hindrance.BUSY, Hindrance.FULL}:
            if b"100-continue" not in head.lower():
                for _ in _body(near, rest, length):
                    pass
            near.sendall(_BUSY if hindrance is Hindrance.BUSY else _FULL)
            return
        _pass_on(near, server, head, (rest, length), hindrance)


def _pass_on(
    near: socket.socket, server: tuple[str, int], head: bytes, body: tuple[bytes, int], hindrance: Hindrance | None
) -> None:
    if b"100-continue" in head.lower():
        near.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"expect:", b"connection:"))]
    with socket.create_connection(server, 30) as far:
        far.sendall(b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]))
        for piece in _body(near, *body):
            far.sendall(piece)
        if hindrance is Hindrance.NO_ANSWER:
            while far.recv(_PIECE):
                pass
            _reset(near)
        elif hindrance is Hindrance.CUT:
            answer = b"".join(_body(far, b"", _MOST_BEFORE_A_CUT))
            near.sendall(answer[: len(answer) // 2])
        else:
            while piece := far.recv(_PIECE):
                near.sendall(piece)


def _head(near: socket.socket) -> tuple[bytes, bytes]:
    got = b""
    while b"\r\n\r\n" not in got:
        piece = near.recv(_PIECE)
        if not piece:
            return b"", b""
        got += piece
    head, _, rest = got.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _body(near: socket.socket, rest: bytes, length: int) -> Iterator[bytes]:
    got = len(rest)
    if rest:
        yield rest
    while got < length:
        piece = near.recv(_PIECE)
        if not piece:
            return
        got += len(piece)
        yield piece


def _reset(near: socket.socket) -> None:
    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    near.close()
