"""One small file of the signer's memory: read and replaced under a lock on disk, and durable before anything leaves.

Owns the file's form (one JSON object) and mode; what is remembered is ``checkpoint_memory``'s and ``directory_memory``'s. Kept by
``tests/signer/test_memory_file.py``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.errors import BreakwaterError

_PRIVATE = 0o600


class UnreadableMemoryError(BreakwaterError):
    """The file is there and does not say what was signed; nothing is signed until somebody has looked."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("A file beside the keys that says what was signed cannot be read.")


class MemoryFile:
    """The file; several signers with one file agree, as long as each decides while it is ``alone``."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is read yet."""
        self._path = path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock."""
        descriptor = os.open(self._path.with_name(f".{self._path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self) -> dict[str, Any] | None:
        """Give what is remembered, None without a file.

        Raises:
            UnreadableMemoryError: it is there, and is no JSON object.
        """
        try:
            known: Any = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as exc:
            raise UnreadableMemoryError from exc
        if not isinstance(known, dict):
            raise UnreadableMemoryError
        return known

    def write(self, value: Mapping[str, Any]) -> None:
        """Remember this, in one step that survives the loss of power; the lock is held: nobody else writes."""
        new = self._path.with_name(f".{self._path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(value).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
