"""Files that are there whole or not at all, also after a kill or the loss of power.

Owns the order write, flush, rename, flush the folder. Kept by ``tests/cli/test_durable_files.py``.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from app.cli.faults import CommandFault, ExitCode

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_OR_INPUT = click.Path(exists=True, dir_okay=False, allow_dash=True)
FILE_FOLDER_OR_INPUT = click.Path(exists=True, allow_dash=True)
FOLDER = click.Path(file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
"""What options take: a file that is there, such a file or ``-`` for standard input, that or a folder, a folder, a new file."""

PRIVATE = 0o600
PUBLIC = 0o644


def write_whole(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Put ``content`` at ``path`` in one step, replacing what was there: a reader sees the old file or the new one."""
    write_pieces(path, [content], mode)


def write_pieces(path: Path, pieces: Iterable[bytes], mode: int = PUBLIC) -> None:
    """Put the pieces at ``path`` as ``write_whole`` does; if one of them raises, what was there stays."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def create_private(path: Path, content: bytes) -> None:
    """Make a file that only its owner may read; what is there already is never overwritten.

    Raises:
        CommandFault: the file exists.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        sentence = f"{path} exists, and a key is never overwritten: name another file, or move it away."
        raise CommandFault(sentence, ExitCode.REFUSED, code="file-exists") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make renames and new files in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may enter; an existing one keeps its mode."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def read_input(name: str) -> bytes:
    """Give the content of a file, of standard input for ``-``."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def read_json_object(name: str, what: str) -> dict[str, Any]:
    """Give the JSON object in a file, or from standard input for ``-``; ``what`` says in words what it should be.

    Raises:
        CommandFault: it holds none.
    """
    try:
        value = json.loads(read_input(name))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise CommandFault(f"{name} is no JSON object {what}.", ExitCode.USAGE, code="json-syntax")
    return value


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs, so that no two commands work on the same state.

    The lock goes with the process that took it, however that ends; processes that it forked do not hold it.

    Raises:
        CommandFault: another command holds it.
    """
    with path.open("ab") as file:
        try:
            fcntl.lockf(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # POSIX leaves the choice between the two
            sentence = f"Another command is at work here ({path} is locked); wait for it, or stop it."
            raise CommandFault(sentence, ExitCode.REFUSED, code="locked") from None
        yield
