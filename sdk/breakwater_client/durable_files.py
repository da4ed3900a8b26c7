"""Files that are there whole or not at all, also after a kill or the loss of power, and locks that go with their process.

Owns the order write, flush, rename, flush the folder. For POSIX systems. Kept by ``tests/client/test_durable_files.py``.
"""

from __future__ import annotations

import fcntl
import os
import stat
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from breakwater_client.errors import StateFileError

PRIVATE = 0o600
PUBLIC = 0o644


def write_whole(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Put ``content`` at ``path`` in one step, replacing what was there: a reader sees the old file or the new one.

    ``mode`` is who may read it, less what the umask of the process takes away.
    """
    write_pieces(path, [content], mode)


def write_pieces(path: Path, pieces: Iterable[bytes], mode: int = PUBLIC) -> None:
    """Put the pieces at ``path`` as ``write_whole`` does; if one of them raises, what was there stays.

    A device or a pipe (``/dev/null``, ``/dev/stdout``) is written to, and never replaced.
    """
    if _is_no_place_of_a_file(path):
        with path.open("wb") as taker:
            taker.writelines(pieces)
        return
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def _is_no_place_of_a_file(path: Path) -> bool:
    try:
        kind = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))


def flush_folder(folder: Path) -> None:
    """Make renames and new files in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs, so that nobody else works on the same state, in this process neither.

    The lock goes with the process that took it, however that ends, and with those that it forked, none of which ends it by its
    own end; programs that it starts do not hold it.

    Raises:
        StateFileError: somebody else holds it.
    """
    with path.open("ab") as file:
        try:  # not lockf: that lock is its whole process's, which may take it twice and loses it with any of the two
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = f"Another command is at work here ({path} is locked); wait for it, or stop it."
            raise StateFileError(sentence, told="locked") from None
        yield
