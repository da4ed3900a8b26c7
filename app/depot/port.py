"""What every depot can do, and how it fails. Kept by ``tests/depot``, which tries each implementation by the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol


class Sink(Protocol):
    """A file that is being written; nobody sees any of it before ``commit``."""

    def write(self, data: bytes, /) -> None:
        """Add bytes. Raises as ``Depot.create``."""
        ...

    def commit(self) -> None:
        """Make the file visible: whole, durable, and only if no other of this name is there. Called once, after the last write.

        Raises ``ConflictError`` where a file of this name is there; otherwise as ``Depot.create``. After one of those other
        errors the file may be there all the same, whole: delete it before it is written again.
        """
        ...


class Depot(Protocol):
    """A place for files, by names of the form ``a/b/c`` (lower-case letters, digits, ``-``, ``_`` and ``.``).

    A name of another form is a ``MalformedInputError``; a prefix is a folder's name, or ``""`` for everything. Every method
    raises ``DepotFullError``, ``DepotRefusedError`` (read-only, no right) or ``DepotError`` (away); each may be
    tried again. Nothing in a name or a message tells what is in a file.
    """

    def create(self, name: str) -> AbstractContextManager[Sink]:
        """Begin a file. Left without ``commit``, or killed, nothing of it is ever visible; leftovers are ``tidy``'s."""
        ...

    def size(self, name: str) -> int | None:
        """Give the size in bytes of a committed file, None if there is none."""
        ...

    def read(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        """Give the bytes from ``start`` up to ``stop``, in pieces of bounded size; fewer where the file ends before.

        Raises ``NotFoundError`` where there is none, instead of the first piece.
        """
        ...

    def delete(self, name: str) -> None:
        """Take a file away, for good; one that is not there is no fault."""
        ...

    def names(self, prefix: str) -> Iterator[str]:
        """List the names of committed files below a prefix, in order."""
        ...

    def tidy(self, prefix: str) -> int:
        """Take away what was begun below a prefix and never committed, by writers that are gone. Gives how many."""
        ...
