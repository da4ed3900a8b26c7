"""The files that a command takes objects from: gone through once before anything is sent, then again, object by object.

Owns opening them, mapped instead of read where they are large, and the look beforehand: whether each can be read as a whole, how
many objects there are, and what of it will not be sent. Kept by ``tests/cli/test_object_sources.py``.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.durable_files import read_input
from app.cli.faults import CommandFault, ExitCode, naming

if TYPE_CHECKING:
    from breakwater_client.documents.read_object_file import ObjectFile

MAPPED_FROM_BYTES = 64 * 1024 * 1024
"""A smaller file is read: if it is cut short meanwhile, reading gives less, where a mapped one would end the process."""

_OWN_MEMBERS = frozenset({"type", "id"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file of objects by its name. What can be read only once, such as a pipe, is kept in memory."""

    name: str
    _path: Path
    _kept: bytes | None = field(repr=False, default=None)

    @classmethod
    def of(cls, path: Path) -> Source:
        """Give the source at a path."""
        return cls(str(path), path, None if path.is_file() else path.read_bytes())

    @classmethod
    def of_input(cls, name: str) -> Source:
        """Give the source of a file by its name, of standard input for ``-``."""
        return cls("standard input", Path(name), read_input(name)) if name == "-" else cls.of(Path(name))

    @classmethod
    def of_content(cls, name: str, content: bytes) -> Source:
        """Give the source of what was made here and is in no file; ``name`` is what reports call it."""
        return cls(name, Path(name), content)

    @contextmanager
    def opened(self) -> Iterator[ObjectFile]:
        """Give what is in the file, while the block runs.

        Raises:
            CommandFault: the file cannot be read as a whole; its name is in the sentence.
        """
        from breakwater_client.documents.read_object_file import read_object_file

        with naming(self.name):
            if self._kept is not None or self._path.stat().st_size < MAPPED_FROM_BYTES:
                yield read_object_file(self._path.read_bytes() if self._kept is None else self._kept)
                return
            with self._path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield read_object_file(mapped)


def sources_of(names: Sequence[str]) -> list[Source]:
    """Give the sources of files by their names; ``-`` is standard input, which can be read but once.

    Raises:
        CommandFault: standard input is named twice.
    """
    if names.count("-") > 1:
        raise CommandFault("Standard input can be read once: name - once.", ExitCode.USAGE, code="standard-input")
    return [Source.of_input(name) for name in names]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a look through all files found: the number of objects, and remarks on what is in the files beside them."""

    total: int
    remarks: Sequence[str]


def survey(sources: Sequence[Source]) -> Survey:
    """Look through files, so that one that cannot be read is told before anything of the others is sent.

    Raises:
        CommandFault: a file cannot be read as a whole.
    """
    total, remarks = 0, []
    for source in sources:
        with source.opened() as file:
            total += file.count()
            others = sorted(file.members.keys() - _OWN_MEMBERS)
        if others:
            remarks.append(f"{source.name}: objects alone are sent, and not what stands beside them: {', '.join(others)}.")
    return Survey(total, remarks)
