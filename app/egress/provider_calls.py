"""What is asked of OpenID providers: documents, which are kept for a while, and tokens, a few at once for each host.

Owns that a document is read at most once a minute however often it is wanted, that a provider which is down is not asked by
everybody, and that a slow one holds few threads. What documents say is unverified bytes. Each process keeps its own. Kept by
``tests/egress/test_provider_calls.py``.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.egress.addresses import Egress
from app.egress.connection import Request
from app.egress.fetch import FetchError, fetch
from app.egress.look_ups import LookUps

KEPT_FOR = timedelta(hours=1)
"""So long a document counts; a key that its provider took away counts no longer than this."""
LEAST_BETWEEN = timedelta(minutes=1)
"""So long a document is not read again, though it lacks a key that somebody's token names."""
PAUSE_AFTER_FAILURE = timedelta(seconds=10)
MOST_AT_ONCE = 3
"""So many calls to one host are on their way at once."""
_MOST_KEPT = 100
_WAITS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Kept:
    content: bytes | None
    read_at: datetime
    """When it was read, or (``content`` None) when that failed."""

    def serves(self, now: datetime, kept_for: timedelta) -> bool:
        # What lies in the future was read before the clock was set back.
        return self.read_at <= now < self.read_at + kept_for


class ProviderCalls:
    """Calls to OpenID providers, and the documents that were read."""

    def __init__(self, egress: Egress | None = None) -> None:
        """Take what may be called; nothing is read yet. Names are looked up beside those of webhooks."""
        # Each call that has room, and the one that reads a document, may look its host up.
        self._egress = replace(egress or Egress(), look_ups=LookUps(most_of_one=MOST_AT_ONCE + 1))
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._rooms: defaultdict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(MOST_AT_ONCE))
        self._reading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def document(self, url: str, now: datetime, *, anew: bool = False) -> bytes:
        """Give what a URL (unverified) says, as it was read within ``KEPT_FOR``, or with ``anew`` within ``LEAST_BETWEEN``.

        Raises ``FetchError`` where it cannot be read, and for ``PAUSE_AFTER_FAILURE`` afterwards without asking.
        """
        with self._lock:
            reading = self._reading[_host(url)]
        if not reading.acquire(timeout=_WAITS_SECONDS):
            raise FetchError("busy")
        try:
            kept = self._found(url)
            if kept is not None and kept.content is not None and kept.serves(now, LEAST_BETWEEN if anew else KEPT_FOR):
                return kept.content
            if kept is not None and kept.content is None and kept.serves(now, PAUSE_AFTER_FAILURE):
                raise FetchError("failed a moment ago")
            return self._read(url, now)
        finally:
            reading.release()

    def send(self, url: str, request: Request) -> bytes:
        """Send a request to a URL (unverified) and give the body of the answer; raises ``FetchError``, also where many wait."""
        with self._room(_host(url)):
            return fetch(self._egress, url, request, _whose(url))

    def _read(self, url: str, now: datetime) -> bytes:
        try:
            content = fetch(self._egress, url, Request("GET", {"Accept": "application/json"}), _whose(url))
        except FetchError:
            self._keep(url, _Kept(None, now))
            raise
        self._keep(url, _Kept(content, now))
        return content

    def _found(self, url: str) -> _Kept | None:
        with self._lock:
            return self._kept.get(url)

    def _keep(self, url: str, kept: _Kept) -> None:
        with self._lock:
            self._kept.pop(url, None)
            self._kept[url] = kept
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]

    @contextmanager
    def _room(self, host: str) -> Iterator[None]:
        with self._lock:
            room = self._rooms[host]
        if not room.acquire(blocking=False):
            raise FetchError("too many on their way")
        try:
            yield
        finally:
            room.release()


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _whose(url: str) -> str:
    return f"provider {_host(url)}"
