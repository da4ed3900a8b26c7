"""What the signer remembers of checkpoints, so that nobody gets a second history of the log signed.

Owns one small file beside the key: the origin and the largest size that were signed, with its root. A smaller size, the same
size with another root, and another log's origin are refused; that a larger tree *grew* from the smaller one is NOT known here,
witnesses check that. Every look is under a lock on disk, so that several signers with one file agree, and what is remembered is
durable before the signature leaves. Kept by ``tests/signer/test_checkpoint_memory.py``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.errors import BreakwaterError
from app.signer.rules import CheckpointText

_PRIVATE = 0o600


class UnreadableMemoryError(BreakwaterError):
    """The file is there and does not say what was signed; nothing is signed until somebody has looked."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The file beside the checkpoint key that says what was signed cannot be read.")


class CheckpointMemory:
    """The memory in one file; the first checkpoint that is signed makes it, and settles whose log it is."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is read yet."""
        self._path = path

    def check(self) -> None:
        """Read the file once, so that an unreadable one is known at the start.

        Raises:
            UnreadableMemoryError: it is there, and not as it was written.
        """
        self._read()

    def why_not(self, checkpoint: CheckpointText) -> str | None:
        """Give why a checkpoint must not be signed, or None; then it is remembered.

        Raises:
            UnreadableMemoryError: as ``check``.
            OSError: it cannot be remembered, for instance since the disk is full.
        """
        with self._alone():
            known = self._read()
            if known is not None:
                if checkpoint.origin != known.origin:
                    return "checkpoint-of-another-log"
                if checkpoint.size < known.size:
                    return "checkpoint-rolled-back"
                if checkpoint.size == known.size:
                    return None if checkpoint.root == known.root else "checkpoint-forked"
            self._write(checkpoint)
            return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._path.with_name(f".{self._path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> CheckpointText | None:
        try:
            known: Any = json.loads(self._path.read_bytes())
            return CheckpointText(str(known["origin"]), int(known["size"]), str(known["root"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise UnreadableMemoryError from exc

    def _write(self, checkpoint: CheckpointText) -> None:
        content = json.dumps({"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root}).encode() + b"\n"
        new = self._path.with_name(f".{self._path.name}.new")  # the lock is held: nobody else writes it
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
