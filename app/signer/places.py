"""Where the signer's socket is: listening and connecting there, however long its path.

Owns the modes and the replacing of a socket that a killed signer left. Kept by ``tests/signer/test_places.py``.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER_ONLY = 0o600
OWNER_AND_GROUP = 0o660
_FOLDER = 0o700
_LONGEST = 100  # sockaddr_un holds 108 bytes, one of them NUL
_BACKLOG = 128


def listen(path: Path, mode: int = OWNER_ONLY) -> socket.socket:
    """Give a socket that listens at ``path``; one that stood there is replaced in one step. Its folder is made, for us alone.

    Raises:
        OSError: no such place, or it is not ours.
    """
    path.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.unlink(missing_ok=True)
        mask = os.umask(0o177)  # until its mode is set nobody else may connect
        try:
            with _short(new) as name:
                listening.bind(name)
        finally:
            os.umask(mask)
        new.chmod(mode)
        listening.listen(_BACKLOG)
        new.replace(path)
    except OSError:
        listening.close()
        raise
    return listening


def connect(path: Path, timeout_seconds: float) -> socket.socket:
    """Give a connection to whoever listens at ``path``; every wait on it is bounded.

    Raises:
        OSError: nobody listens, or not to us.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_seconds)
        with _short(path) as name:
            connection.connect(name)
    except OSError:
        connection.close()
        raise
    return connection


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Give a name of ``path`` that fits into an address: through the folder's descriptor if it is long."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
