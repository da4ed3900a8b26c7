"""Gunicorn's worker with threads, which also says how long a request waited for one.

Owns the measure: from the moment the connection had something to be read, or was new, to the one a thread took it. What is done
about it is ``web.waiting``'s. Kept by ``tests/cli/test_gunicorn_worker.py``.
"""

from __future__ import annotations

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from app.web.waiting import WAITED


class TimingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A ``ThreadWorker``; connections wait in its pool's queue, which gunicorn does not bound."""

    def enqueue_req(self, conn: Any) -> None:
        """Let a connection wait for a thread from now on; called by gunicorn's own thread."""
        conn.queued_at = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Serve it; called in a thread of the pool, which serves one request at a time."""
        WAITED.set(time.monotonic() - conn.queued_at)
        return super().handle(conn)
