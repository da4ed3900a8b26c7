"""A folder as mirrors and witnesses keep their files in it: each whole or not at all.

Paths are made by whoever keeps, and never come from an exchange. Kept by ``tests/cli/test_folder_shelf.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from app.cli.durable_files import write_whole

_LEFT_OVER = re.compile(r"\..+\.[0-9a-f]{12}")
"""How ``write_whole`` names a file until it is whole."""


class FolderShelf:
    """Files under one folder."""

    def __init__(self, root: Path) -> None:
        """Take the folder, which is there."""
        self.root = root

    def read(self, path: str) -> bytes | None:
        """Give a file, None if there is none."""
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return (self.root / path).is_file()

    def write(self, path: str, content: bytes) -> None:
        """Keep a file, whole or not at all; once this returns it survives the loss of power.

        Raises:
            OSError: it cannot be written; the error names the file, also where the disk is full, which names none itself.
        """
        target = self.root / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, content)
        except OSError as exc:
            exc.filename = str(target)
            raise

    def remove(self, path: str) -> None:
        """Take a file away, if it is there."""
        (self.root / path).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Take away what a kill left of files that were being written, here and in folders below; its holder works alone."""
        for one in self.root.rglob(".*"):
            if _LEFT_OVER.fullmatch(one.name) and one.is_file() and not one.is_symlink():
                one.unlink(missing_ok=True)

    def names(self, path: str) -> Sequence[str]:
        """List what lies in a folder, in order; nothing where there is none."""
        folder = self.root / path
        return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
