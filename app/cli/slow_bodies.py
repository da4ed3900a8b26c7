"""How long the body of a request may take to arrive, over gunicorn, which has no bound of its own.

Owns the time: one for every body, and more for large ones as they come. Silence is ``gunicorn_server``'s, whose timeout ends each
single wait. Kept by ``tests/cli/test_slow_bodies.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

_SECONDS = 60
_BYTES_A_SECOND = 64 * 1024


class BoundedSource:
    """Gives what ``chunk`` gives, the next bytes of a body, until its time is over: a minute, and a second for each 64 KiB."""

    def __init__(self, chunk: Callable[..., bytes], clock: Callable[[], float] = time.monotonic) -> None:
        """The time begins now."""
        self._chunk = chunk
        self._clock = clock
        self._ends = clock() + _SECONDS

    def __call__(self, size_hint: int | None = None) -> bytes:
        """Give some bytes, none at the end; raises ``TimeoutError`` once the time is over."""
        if self._clock() > self._ends:
            raise TimeoutError
        given = self._chunk(size_hint)
        self._ends += len(given) / _BYTES_A_SECOND
        return given


def bound_body(request: Any) -> None:
    """Begin the time for the body of gunicorn's ``request``, whose head is there."""
    request.unreader.chunk = BoundedSource(request.unreader.chunk)


def release_body(request: Any) -> None:
    """Let the connection's next request wait as long as it likes: what is left of this body, gunicorn bounds itself."""
    request.unreader.__dict__.pop("chunk", None)
