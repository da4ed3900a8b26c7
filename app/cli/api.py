"""The exchange's REST interface as commands call it: the client's connection, whose errors are told in a line.

Owns what commands say of waits and refusals; the connection is ``breakwater_client.talking``'s. Kept by
``tests/cli/test_api.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.cli.faults import CommandFault, ExitCode, printable, wants_json
from app.cli.output import warn
from breakwater_client.errors import ExchangeAwayError, ExchangeError, UnusableAddressError
from breakwater_client.talking.addresses import is_loopback, segment
from breakwater_client.talking.connection import ATTEMPTS, Connection, Request, Target

__all__ = ["Api", "Request", "Target", "as_fault", "is_loopback", "segment", "told_as_faults"]

_NOTICED_SECONDS = 1.0
_NOT_ALLOWED = {401, 403}
_IN_OPTIONS = {
    None: "--url takes the address of an exchange, such as https://exchange.example.org.",
    "insecure-address": "Plain HTTP would show your token to everybody on the way: use https, or insist with --insecure.",
}


class Api(Connection):
    """A connection whose refusals end a command."""

    def __init__(self, target: Target) -> None:
        """Check the address; nothing is sent yet.

        Raises:
            CommandFault: no address of an exchange, plain HTTP to another machine, or what is no token.
        """
        with told_as_faults():
            super().__init__(target, "breakwater-cli", _tell_wait)

    def send(self, request: Request) -> Any:
        """Send a request and give its JSON answer, None for an empty one.

        Raises:
            CommandFault: the exchange refuses, cannot be reached, or does not answer as an exchange does.
        """
        with told_as_faults():
            return super().send(request)

    def fetch(self, path: str) -> bytes:
        """Give what is at ``path`` as it comes, for what is no JSON. Raises as ``send``."""
        with told_as_faults():
            return super().fetch(path)

    def stream(self, path: str, start: int) -> tuple[int, Iterator[bytes]]:
        """Give from which byte on a file comes, ``start`` or the first, and its pieces. Raises as ``send``, later too."""
        with told_as_faults():
            begin, pieces = super().stream(path, start)
        return begin, _told(pieces)


def _told(pieces: Iterator[bytes]) -> Iterator[bytes]:
    with told_as_faults():
        yield from pieces


@contextmanager
def told_as_faults() -> Iterator[None]:
    """Let what comes of asking an exchange end the command.

    Raises:
        CommandFault: the block raised an ``ExchangeError``.
    """
    try:
        yield
    except ExchangeError as exc:
        raise as_fault(exc) from exc


def as_fault(exc: ExchangeError) -> CommandFault:
    """Give what to tell of an error."""
    sentence = _IN_OPTIONS.get(exc.told, exc.sentence) if isinstance(exc, UnusableAddressError) else exc.sentence
    details = {"code": exc.told, "pointer": exc.pointer, "status": exc.status, "request_id": exc.request_id}
    return CommandFault(printable(sentence), _exit_code(exc), **details)


def _exit_code(exc: ExchangeError) -> ExitCode:
    if isinstance(exc, UnusableAddressError):
        return ExitCode.USAGE
    if isinstance(exc, ExchangeAwayError):
        return ExitCode.UNAVAILABLE
    return ExitCode.NOT_ALLOWED if exc.status in _NOT_ALLOWED else ExitCode.REFUSED


def _tell_wait(seconds: float, attempt: int) -> None:
    """Say on standard error what people would notice: a command that is silent seems to hang. Programs get one document."""
    if seconds >= _NOTICED_SECONDS and not wants_json():
        warn(f"The exchange cannot answer now; asking again in {seconds:.0f} s ({attempt} of {ATTEMPTS - 1}).", "waiting")
