"""A shelf in memory, for tests of mirrors and witnesses; it can fail before it writes a file."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass, field


class CutOffError(Exception):
    """The process ended here."""


@dataclass
class MemoryShelf:
    """Files by their paths. ``dies_at``: the end of a path, before whose writing the process ends. ``full``: it takes no more."""

    files: dict[str, bytes] = field(default_factory=dict)
    dies_at: str | None = None
    full: bool = False

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def has(self, path: str) -> bool:
        return path in self.files

    def write(self, path: str, content: bytes) -> None:
        if self.dies_at is not None and path.endswith(self.dies_at):
            raise CutOffError
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        self.files[path] = content

    def remove(self, path: str) -> None:
        self.files.pop(path, None)

    def names(self, path: str) -> Sequence[str]:
        return sorted({one.removeprefix(f"{path}/").split("/")[0] for one in self.files if one.startswith(f"{path}/")})
