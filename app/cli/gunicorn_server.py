"""Gunicorn as the exchange runs it: threads, and the poller of the work ledger in each worker.

Owns the life of the processes: engines and pollers are made in the workers, after the fork; SIGTERM lets running requests and the
running task end. Kept by ``tests/cli/test_gunicorn_server.py``.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from app.cli.gunicorn_worker import TimingWorker
from app.cli.signer_process import SignerProcess
from app.cli.slow_bodies import bound_body, release_body
from app.cli.value_free_log import ValueFreeLog
from app.cli.workshop import Environment, RunningWork, Workshop
from app.services.exchange import Exchange

_MEMORY = Path("/dev/shm")  # noqa: S108  # gunicorn makes its heartbeat files there with mkstemp, private
_STOP_SECONDS = 30
_WORK_STOP_SECONDS = 10.0
_SILENCE_SECONDS = 15
_ONCE = (
    "BREAKWATER-PURPOSE",
    "CONTENT-DIGEST",
    "CONTENT-LENGTH",
    "CONTENT-TYPE",
    "HOST",
    "IDEMPOTENCY-KEY",
    "SIGNATURE",
    "SIGNATURE-INPUT",
)
_REQUEST_LINE_BYTES = 8190  # gunicorn's most: the ids of a filter (app/taxii/queries.py) with the cursor that holds them


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served: the environment whose settings count, and what to do once a worker answers at the URL it is given."""

    workshop: Workshop
    environment: Environment
    on_ready: Callable[[str], None]
    log_level: str = "info"


def bound_silence(listening: socket.socket) -> None:
    """Let connections accepted here give their thread back after some seconds of silence in the middle of a request.

    They inherit the listening socket's timeout. NOT stopped: who sends a byte of a request's head now and then; that is a
    buffering proxy's work. Its body has a time of its own (``slow_bodies``).
    """
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", _SILENCE_SECONDS, 0))


def mark_repeated(_worker: Any, request: Any) -> None:
    """Mark a request that repeats a header which comes once: WSGI would join the two, or keep the last, and nobody could tell.

    Signed requests are refused for it (``web.signed``); whoever sends the mark itself is as well.
    """
    names = [name for name, _ in request.headers]
    if any(names.count(name) > 1 for name in _ONCE):
        request.headers.append(("BREAKWATER-REPEATED", "1"))


def _before(worker: Any, request: Any) -> None:
    mark_repeated(worker, request)
    bound_body(request)


def _after(_worker: Any, request: Any, _environ: Any, _response: Any) -> None:
    release_body(request)


class _Master(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's master, which also looks after the signer: at least once a second, and when a child has died."""

    def __init__(self, server: GunicornServer, signer: SignerProcess | None) -> None:
        self._signer = signer
        super().__init__(server)

    def manage_workers(self) -> None:
        if self._signer is not None:
            self._signer.tend()
        super().manage_workers()


class GunicornServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, told everything here: neither its command line, nor its configuration files, nor its variables are read."""

    def __init__(self, serving: Serving, counts: Path, signer: SignerProcess | None = None) -> None:
        """Take what is served, an empty folder through which the workers' counts are added up, and a signer to be tended.

        Nothing is opened yet.
        """
        self._serving = serving
        self._counts = counts
        self._signer = signer
        self._environment = serving.environment
        self._exchange: Exchange | None = None
        self._work: RunningWork | None = None
        super().__init__()

    def run(self) -> None:
        """Serve until a signal ends it; what this process forked comes back from here too."""
        _Master(self, self._signer).run()

    def load_config(self) -> None:
        """Set what gunicorn asks; called by it."""
        settings = self._serving.workshop.settings(self._serving.environment)
        chosen: dict[str, Any] = {
            "bind": settings.bind,
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": TimingWorker,
            "loglevel": self._serving.log_level,
            "logger_class": ValueFreeLog,
            "limit_request_line": _REQUEST_LINE_BYTES,
            "graceful_timeout": _STOP_SECONDS,
            "timeout": 120,
            "worker_tmp_dir": str(_MEMORY) if _MEMORY.is_dir() else None,
            # Where the exchange is reached is a setting; what a proxy's headers claim is not believed.
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "proc_name": "breakwater",
            "when_ready": self._get_ready,
            "pre_request": _before,
            "post_request": _after,
            "post_fork": self._share_counts,
            "post_worker_init": self._start_work,
            "worker_exit": self._stop_work,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application: called in each worker, so that no connection is shared over a fork."""
        self._exchange = self._serving.workshop.exchange(self._environment)
        return self._serving.workshop.application(self._environment, self._exchange)

    def _get_ready(self, arbiter: Any) -> None:
        for listener in arbiter.LISTENERS:
            bound_silence(listener.sock)
        self._remember_address(arbiter)

    def _remember_address(self, arbiter: Any) -> None:
        host, port = arbiter.LISTENERS[0].getsockname()[:2]
        self._environment = {**self._environment, "BREAKWATER_BIND": f"[{host}]:{port}" if ":" in host else f"{host}:{port}"}

    def _share_counts(self, _arbiter: Any, _worker: Any) -> None:
        """Name the folder in the worker alone: what this process counts before it serves is nobody's request."""
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(self._counts))

    def _start_work(self, worker: Any) -> None:
        if self._exchange is not None:
            self._work = self._serving.workshop.work(self._environment, self._exchange)
        if worker.age == 1:
            self._serving.on_ready(f"http://{self._environment['BREAKWATER_BIND']}")

    def _stop_work(self, _arbiter: Any, _worker: Any) -> None:
        if self._work is not None and self._exchange is not None:
            self._work.stop(_WORK_STOP_SECONDS)
            self._exchange.database.dispose()
            self._exchange.tracer.close()
