"""What ``app/__main__.py`` hands to the commands: how to read settings, open an exchange, make the application, start work.

Owns the shape only, so that the command line imports neither the settings nor the factory. Everything is a callable over an
environment, so that nothing heavy is imported before a command needs it. Kept by ``tests/cli/test_workshop.py``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from app.services.exchange import Exchange

Environment = Mapping[str, str]
"""The ``BREAKWATER_…`` variables that settings are made of; other names do not matter."""

WsgiApplication = Callable[..., Any]
"""PEP 3333."""


class ServerSettings(Protocol):
    """What commands read of the settings."""

    @property
    def home(self) -> Path:
        """The exchange's folder."""
        ...

    @property
    def database_url(self) -> str:
        """The database, as SQLAlchemy takes it."""
        ...

    @property
    def signing_key(self) -> Path:
        """The private key that signs receipts."""
        ...

    @property
    def directory_key(self) -> Path:
        """The private key that signs the directory of keys."""
        ...

    @property
    def checkpoint_key(self) -> Path:
        """The private key that signs checkpoints of the log."""
        ...

    @property
    def cursor_keys(self) -> Path:
        """The keys that seal cursors."""
        ...

    @property
    def overlap_key(self) -> Path:
        """The private key that evaluates blinded identifiers."""
        ...

    @property
    def signer_socket(self) -> Path | None:
        """Where a running signer listens, if one is named."""
        ...

    @property
    def bind(self) -> str:
        """``host:port`` to listen at."""
        ...

    @property
    def workers(self) -> int:
        """Processes that serve."""
        ...

    @property
    def threads(self) -> int:
        """Threads of each process."""
        ...

    @property
    def log_level(self) -> str:
        """From which level on things are logged."""
        ...

    @property
    def log_format(self) -> str:
        """How a line of the log is written: ``json`` or ``text``."""
        ...


class RunningWork(Protocol):
    """Work that runs in the background of this process until it is stopped."""

    def stop(self, timeout_seconds: float = ...) -> None:
        """Let the running task end, or give up waiting for it."""
        ...


class Signer(Protocol):
    """The exchange's signer, in the process that holds its keys."""

    def serve(self, listening: socket.socket) -> None:
        """Answer at a listening socket until it is closed."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """The callables; each that takes an environment raises ``SettingsRefusedError`` if its settings are not fit.

    Whoever opens an exchange closes its database, and opens none before a fork that is used after it.
    ``work`` is what a server does beside its requests, ``worker`` what a process does that serves none. ``signer`` answers
    processes of the user ids that it is given, ``listen`` makes its socket, of a path and a mode.
    ``development_marker`` is the line that marks key files which production refuses.
    """

    settings: Callable[[Environment], ServerSettings]
    exchange: Callable[[Environment], Exchange]
    application: Callable[[Environment, Exchange], WsgiApplication]
    work: Callable[[Environment, Exchange], RunningWork]
    worker: Callable[[Environment, Exchange], RunningWork]
    signer: Callable[[Environment, AbstractSet[int]], Signer]
    listen: Callable[[Path, int], socket.socket]
    development_marker: bytes


pass_workshop = click.make_pass_decorator(Workshop)
"""Gives a command the workshop as its first argument."""
