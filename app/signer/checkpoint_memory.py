"""What the signer remembers of checkpoints, so that nobody gets a second history of the log signed.

Owns one small file beside the key: the origin and the largest size that were signed, with its root. A smaller size, the same
size with another root, and another log's origin are refused; that a larger tree *grew* from the smaller one is NOT known here,
witnesses check that. Every look is under a lock on disk, so that several signers with one file agree, and what is remembered is
durable before the signature leaves. Kept by ``tests/signer/test_checkpoint_memory.py``.
"""

from __future__ import annotations

from pathlib import Path

from app.signer.memory_file import MemoryFile, UnreadableMemoryError
from app.signer.rules import CheckpointText

MOST_GROWTH = 10_000_000
MOST_AT_FIRST = 1_000_000_000
"""So many leaves at most are new to a checkpoint: none is signed that a real log comes up to in a hundred years only."""


class CheckpointMemory:
    """The memory in one file; the first checkpoint that is signed makes it, and settles whose log it is."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is read yet."""
        self._file = MemoryFile(path)

    def check(self) -> None:
        """Read the file once, so that an unreadable one is known at the start.

        Raises:
            UnreadableMemoryError: it is there, and not as it was written.
        """
        self.last()

    def why_not(self, checkpoint: CheckpointText) -> str | None:
        """Give why a checkpoint must not be signed, or None; then it is remembered.

        Raises:
            UnreadableMemoryError: as ``check``.
            OSError: it cannot be remembered, for instance since the disk is full.
        """
        with self._file.alone():
            known = self.last()
            if known is not None:
                if checkpoint.origin != known.origin:
                    return "checkpoint-of-another-log"
                if checkpoint.size < known.size:
                    return "checkpoint-rolled-back"
                if checkpoint.size == known.size:
                    return None if checkpoint.root == known.root else "checkpoint-forked"
            if checkpoint.size > (known.size + MOST_GROWTH if known else MOST_AT_FIRST):
                return "checkpoint-too-far"
            self._file.write({"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root})
            return None

    def last(self) -> CheckpointText | None:
        """Give what was signed last, None before the first. Raises ``UnreadableMemoryError`` as ``check``."""
        known = self._file.read()
        if known is None:
            return None
        try:
            return CheckpointText(str(known["origin"]), int(known["size"]), str(known["root"]))
        except (ValueError, KeyError, TypeError) as exc:
            raise UnreadableMemoryError from exc
