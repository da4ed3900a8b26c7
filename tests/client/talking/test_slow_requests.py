"""A long request over a slow line goes on for as long as something of it leaves."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from breakwater_client.talking.connection import Connection, Request, Target
from breakwater_client.talking.network import Network

_LENGTH = 16 * 1024 * 1024  # more than the system takes at once
_PIECE = 1024 * 1024
_PAUSE_SECONDS = 0.15  # the whole takes more than twice as long as connecting may
_CONNECT_SECONDS = 1.0


@pytest.fixture
def reading_slowly() -> Iterator[str]:
    """A server that takes a long body a little at a time, and answers."""

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            taken = b""
            while b"\r\n\r\n" not in taken:
                taken += connection.recv(1024)
            missing = _LENGTH - len(taken.partition(b"\r\n\r\n")[2])
            while missing > 0 and (came := connection.recv(min(_PIECE, missing))):
                missing -= len(came)
                time.sleep(_PAUSE_SECONDS * len(came) / _PIECE)
            if not missing:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        server.bind(("127.0.0.1", 0))
        server.listen()
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(30)


def test_a_long_body_is_not_bound_by_the_time_for_connecting(reading_slowly: str) -> None:
    network = Network(connect_seconds=_CONNECT_SECONDS, attempts=1)
    begun = time.monotonic()
    body = b" " * _LENGTH
    assert Connection(Target(reading_slowly, None, network=network)).send(Request("POST", "/submissions", body=body)) == {}
    assert time.monotonic() - begun > 2 * _CONNECT_SECONDS, "the line was not slow enough to show anything"
