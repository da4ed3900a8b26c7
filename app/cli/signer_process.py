"""The signer as a child of the server: started before the workers, tended while they run, gone with them.

Owns the child's life. The server's master never reads a private key: it hands the signer's socket on in the environment. Kept by
``tests/cli/test_signer_process.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.cli.faults import CommandFault, ExitCode
from app.cli.signer import READY
from app.cli.workshop import Environment, Workshop

SOCKET = "BREAKWATER_SIGNER_SOCKET"
_PREFIX = "BREAKWATER_"
_STOP_SECONDS = 5.0
_PAUSE_SECONDS = 1.0


class SignerProcess:
    """One signer, started anew when it dies; its socket stays where it is."""

    def __init__(self, environment: Environment) -> None:
        """Start it with these settings, which name its socket; it may not answer yet."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
        self._environment = others | dict(environment)
        self._started_at = 0.0
        self._process = self._start()

    @property
    def pid(self) -> int:
        """The process that holds the keys just now."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Return once it answers.

        Raises:
            CommandFault: it did not start, for the reason that it gave.
        """
        assert self._process.stdout is not None  # noqa: S101  # for the reader of types: it is a pipe
        said = self._process.stdout.readline().decode("utf-8", "replace").strip()
        if said != READY:
            raise CommandFault(said or "The signer did not start.", ExitCode.USAGE, code="settings")

    def tend(self) -> None:
        """Start it anew if it has died, though not more than once a second. Called by the master now and then."""
        if self._process.poll() is not None and time.monotonic() - self._started_at > _PAUSE_SECONDS:
            self._close()
            self._process = self._start()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._started_at = time.monotonic()
        return subprocess.Popen(
            [sys.executable, "-m", "app", "signer", "--attached"],
            env=self._environment,
            stdin=subprocess.PIPE,  # held open by us and by what we fork: its end is the signer's
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server, which ends the signer last
        )

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


@contextmanager
def signer_for(workshop: Workshop, environment: Environment) -> Iterator[tuple[Environment, SignerProcess | None]]:
    """Give an environment that names a signer: the one that is named already, or a child that lives as long as the block.

    Raises:
        CommandFault: the signer did not start.
    """
    if workshop.settings(environment).signer_socket is not None:
        yield environment, None
        return
    with tempfile.TemporaryDirectory(prefix="breakwater-signer-") as folder:  # for us alone: mode 0700
        named = {**environment, SOCKET: str(Path(folder) / "socket")}
        process = SignerProcess(named)
        try:
            process.wait_until_ready()
            yield named, process
        finally:
            process.stop()
