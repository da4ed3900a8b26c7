"""Files of checkpoints outside the database: read whole, and replaced in one step that survives the loss of power.

Kept by ``tests/services/proving/test_kept_checkpoint.py``.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 65_536
_MODE = 0o644  # what it says is public


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the file's lock: of two processes of a server, the later one must not put the earlier checkpoint there."""
    with path.with_name(f".{path.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_note_file(path: Path) -> str | None:
    """Give the text of a file, ``MOST_BYTES`` of it at most, without a byte order mark; None if it is not there.

    Raises:
        OSError: it cannot be read.
        UnicodeError: it is no text.
    """
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return None


def put_note(path: Path, note: str) -> None:
    """Put the note there in one step that survives the loss of power: whoever reads sees the old one or the new one."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), _MODE)
            file.write(note.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
