"""How long an answer may take to arrive, over requests, which bounds each single wait and not the whole.

Owns the time: three minutes of waiting for one answer, from its first byte on, and a second more for each 64 KiB that has come,
fifteen minutes at most; and how many bytes come on the line, of whatever kind: words to go on, headers, what frames and follows
pieces, what unpacks to nothing. What a reader does between two pieces is not counted. Not bounded here: finding the address of a
name; connecting, sending and each single wait have ``connection``'s limits, so that an answer is given up one such wait later at
most. Kept by ``tests/client/talking/test_slow_answers.py``.
"""

from __future__ import annotations

import io
import time
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter

from breakwater_client.errors import ExchangeAwayError

_SECONDS = 180
_MOST_SECONDS = 900
_BYTES_A_SECOND = 64 * 1024


class TooSlowError(ExchangeAwayError):
    """An answer came for longer than any honest one takes, or in more bytes."""


class TimedAdapter(HTTPAdapter):
    """Sends requests as ``requests`` does, through proxies too, and gives up on answers that take too long, or do not end.

    Reading such an answer, or its headers, raises ``TooSlowError``. ``most_bytes`` bounds the answers to what is sent from then
    on, by all their bytes on the line; one thread sends at a time.
    """

    most_bytes = 0

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """Give the pool that a request goes through, whose connections read in time."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        if "ConnectionCls" not in vars(pool):  # else it is one that went through here before
            kind = pool.ConnectionCls
            pool.ConnectionCls = type(f"Timed{kind.__name__}", (kind,), {"response_class": self._timed})
        return pool

    def _timed(self, *arguments: Any, **options: Any) -> HTTPResponse:
        response = HTTPResponse(*arguments, **options)
        response.fp = io.BufferedReader(_TimedSource(response.fp.detach(), self.most_bytes))
        return response


class _TimedSource(io.RawIOBase):
    """Gives what a socket gives, until its time is over or too much came."""

    def __init__(self, source: io.RawIOBase, most_bytes: int) -> None:
        self._source = source
        self._most_bytes = most_bytes
        self._waited_seconds = 0.0
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        may_wait_seconds = min(_SECONDS + self._bytes / _BYTES_A_SECOND, _MOST_SECONDS)
        if self._waited_seconds > may_wait_seconds or self._bytes > self._most_bytes:
            sentence = "The exchange answers too slowly, or without an end: what has come of it is not taken."
            raise TooSlowError(sentence, told="unreachable")
        begun = time.monotonic()
        count: int | None = self._source.readinto(buffer)
        self._waited_seconds += time.monotonic() - begun if self._bytes else 0
        self._bytes += count or 0
        return count

    def close(self) -> None:
        self._source.close()
        super().close()
