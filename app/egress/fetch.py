"""One call to a machine of somebody else whose answer is read: HTTPS, once, of a bounded size and time, and no redirect.

Owns reading the answer: status 200, its body as it is, up to a bound. What it says is unverified bytes to everybody. Kept by
``tests/egress/test_fetch.py``, against servers on loopback.
"""

from __future__ import annotations

import http.client
import io
import ssl
import time
from contextlib import closing

from app.egress.addresses import Egress, NotCallableError, callable_addresses, target_of
from app.egress.connection import Request, connected, seconds_left, written
from app.egress.look_ups import TooManyLookUpsError

MOST_BYTES = 256 * 1024
_MOST_WITH_HEAD = MOST_BYTES + 64 * 1024


class FetchError(Exception):
    """There is no answer that is read; for this floor and those who use it, and without a value in it."""


def fetch(egress: Egress, url: str, request: Request, whose: str) -> bytes:
    """Give the body of an answer (unverified bytes, ``MOST_BYTES`` at most); the name is looked up for ``whose``.

    Raises:
        FetchError: whatever else came, or nothing in time: a redirect, another status, a body that is compressed, cut off or too
            long, a certificate of another name, an address that is not called, an address with too many look-ups on their way.
    """
    ends_at = time.monotonic() + egress.call_seconds
    try:
        target = target_of(egress, url)
        addresses = callable_addresses(egress, target.host, whose)
        sent = written(target, Request(request.method, {"Accept-Encoding": "identity", **request.headers}, request.body))
        with closing(connected(egress, target, addresses, ends_at)) as connection:
            connection.settimeout(seconds_left(ends_at))
            connection.sendall(sent)
            return _body(_Incoming(connection, ends_at), request.method)
    except (NotCallableError, TooManyLookUpsError, OSError, http.client.HTTPException, ValueError) as exc:
        raise FetchError(type(exc).__name__) from None


class _Incoming(io.RawIOBase):
    """What comes on a connection, until a moment and up to a number of bytes; and what ``http.client`` takes for a socket."""

    def __init__(self, connection: ssl.SSLSocket, ends_at: float) -> None:
        super().__init__()
        self._connection, self._ends_at, self._left = connection, ends_at, _MOST_WITH_HEAD

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give it as a file to read."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # a buffer that can be written
        """Read what there is, each time with the time that is left of the whole."""
        self._connection.settimeout(seconds_left(self._ends_at))
        count = self._connection.recv_into(buffer, len(buffer))
        self._left -= count
        if self._left < 0:
            raise ValueError("too long")
        return count


def _body(incoming: _Incoming, method: str) -> bytes:
    answer = http.client.HTTPResponse(incoming, method=method)  # type: ignore[arg-type]  # all that it asks of a socket
    answer.begin()
    if answer.status != http.client.OK or answer.headers.get("Content-Encoding", "identity") != "identity":
        raise ValueError("no answer that is read")
    body = answer.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES or (answer.length or 0) > 0:
        raise ValueError("too long, or cut off")
    return body
