"""What commands take and keep as files; that they are there whole or not at all is ``breakwater_client.durable_files``'.

Kept by ``tests/cli/test_durable_files.py``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from app.cli.faults import CommandFault, ExitCode
from breakwater_client.durable_files import PRIVATE, PUBLIC, flush_folder, write_pieces, write_whole
from breakwater_client.durable_files import held_alone as hold
from breakwater_client.errors import StateFileError

__all__ = [
    "EXISTING_FILE",
    "FILE_FOLDER_OR_INPUT",
    "FILE_OR_INPUT",
    "FOLDER",
    "NEW_FILE",
    "ORPHAN_SECONDS",
    "PRIVATE",
    "PUBLIC",
    "create_private",
    "flush_folder",
    "held_alone",
    "private_folder",
    "read_input",
    "read_json_object",
    "write_pieces",
    "write_whole",
]

ORPHAN_SECONDS = 3.0
"""So long after a kill of a server its children may still hold what it held: they look for it once a second."""
_ASKED_AGAIN_SECONDS = 0.1

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_OR_INPUT = click.Path(exists=True, dir_okay=False, allow_dash=True)
FILE_FOLDER_OR_INPUT = click.Path(exists=True, allow_dash=True)
FOLDER = click.Path(file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
"""What options take: a file that is there, such a file or ``-`` for standard input, that or a folder, a folder, a new file."""


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
def held_alone(path: Path, patience_seconds: float = 0) -> Iterator[None]:
    """Hold a lock file while the block runs, as ``breakwater_client.durable_files`` does.

    ``patience_seconds``: for so long it is asked for again, as after a kill that left children which are about to notice.

    Raises:
        CommandFault: another command holds it.
    """
    deadline = time.monotonic() + patience_seconds
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(hold(path))
                break
            except StateFileError as exc:
                if time.monotonic() >= deadline:
                    raise CommandFault(exc.sentence, ExitCode.REFUSED, code=exc.told) from None
            time.sleep(_ASKED_AGAIN_SECONDS)
        yield
