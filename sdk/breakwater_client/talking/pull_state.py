"""Where a pull stands, and the pages it has written: durable in an order that a kill at any point leaves right.

Owns that order: first the page, flushed, then the cursor behind it. What lies in a file beyond the recorded length, or in a page
beyond the recorded number, is from an interrupted run, and is written anew.
Only their owner may read new files: they hold what partners shared. Kept by ``tests/client/talking/test_pull_state.py``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from breakwater_client.durable_files import PRIVATE, flush_folder, write_whole
from breakwater_client.errors import StateFileError
from breakwater_client.talking.answers import is_cursor

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class PullState:
    """A position in a feed: the cursor, and how much was written before it: pages of a folder, or bytes of one file.

    ``asked`` are purpose and filters: another question has another position.
    """

    asked: Mapping[str, Any]
    next: str | None = None
    pages: int = 0
    written_bytes: int = 0
    objects: int = 0
    format: int = field(default=_FORMAT)


def load_state(path: Path, asked: Mapping[str, Any]) -> PullState:
    """Give the state in a file, or a new one.

    Raises:
        StateFileError: the file is no state, or one of another question.
    """
    if not path.exists():
        return PullState(asked)
    try:
        state = PullState(**json.loads(path.read_bytes()))
    except (ValueError, TypeError):
        state = None
    if state is None or state.format != _FORMAT or not (state.next is None or is_cursor(state.next)):
        sentence = f"{path} is no state of a pull; name another state file, or remove it to start from the beginning."
        raise StateFileError(sentence)
    if state.asked != asked:
        sentence = f"{path} belongs to a pull with another purpose or other filters; name another state file."
        raise StateFileError(sentence)
    return state


def save_state(path: Path, state: PullState) -> None:
    """Write the state in one step."""
    write_whole(path, json.dumps(asdict(state), indent=2).encode() + b"\n", PRIVATE)


ATTESTATIONS = ".attestations"
"""What is put behind the name of a file of objects for the file of what the exchange attests beside them, an envelope a line."""


class OneFile:
    """A pull into one growing NDJSON file; attestations grow in a file beside it.

    Those are written before their objects and never cut: after an interruption one may stand there twice, which says nothing new.
    """

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self.path = path

    def prepare(self, state: PullState) -> None:
        """Cut off what an interrupted run wrote behind the recorded length.

        Raises:
            StateFileError: the file is not the one that the state belongs to.
        """
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < state.written_bytes or (size and not state.written_bytes and state.next is not None):
            sentence = (
                f"{self.path} does not hold what was pulled before; bring it back, or name another state file to start anew."
            )
            raise StateFileError(sentence)
        with _opened(self.path) as file:
            file.truncate(state.written_bytes)
            os.fsync(file.fileno())
        flush_folder(self.path.parent)

    def is_foreign(self) -> bool:
        """Whether something lies there that no state speaks of."""
        return self.path.exists() and self.path.stat().st_size > 0

    def append(self, state: PullState, lines: Iterable[bytes], attestations: Iterable[bytes] = ()) -> PullState:
        """Write a page durably, and give the state behind it."""
        beside = b"".join(line + b"\n" for line in attestations)
        if beside:
            _append(self.path.with_name(self.path.name + ATTESTATIONS), beside)
        content = b"".join(line + b"\n" for line in lines)
        _append(self.path, content)
        return replace(state, pages=state.pages + 1, written_bytes=state.written_bytes + len(content))


def _opened(path: Path) -> IO[bytes]:
    """Open a file to add to it; a new one is for its owner alone to read."""
    return open(path, "ab", opener=partial(os.open, mode=PRIVATE))


def _append(path: Path, content: bytes) -> None:
    with _opened(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class Folder:
    """A pull into a folder, one NDJSON file a page: ``objects-00000001.ndjson`` and on. Consumers may move pages away."""

    def __init__(self, path: Path) -> None:
        """Name the folder."""
        self.path = path

    def prepare(self, _state: PullState) -> None:
        """Make the folder; a page of an interrupted run is replaced when its number comes."""
        self.path.mkdir(parents=True, exist_ok=True)

    def is_foreign(self) -> bool:
        """Whether pages lie there that no state speaks of."""
        return self.path.is_dir() and any(self.path.glob("objects-*.ndjson"))

    def append(self, state: PullState, lines: Iterable[bytes], attestations: Iterable[bytes] = ()) -> PullState:
        """Write a page in one step, and give the state behind it."""
        name = f"objects-{state.pages + 1:08}.ndjson"
        beside = b"".join(line + b"\n" for line in attestations)
        if beside:
            write_whole(self.path / (name + ATTESTATIONS), beside, PRIVATE)
        content = b"".join(line + b"\n" for line in lines)
        write_whole(self.path / name, content, PRIVATE)
        return replace(state, pages=state.pages + 1, written_bytes=state.written_bytes + len(content))


def target(out: Path) -> OneFile | Folder:
    """Give where a pull writes: one file if it is one or is named so, a folder otherwise."""
    return OneFile(out) if out.is_file() or (out.suffix == ".ndjson" and not out.is_dir()) else Folder(out)
