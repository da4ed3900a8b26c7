"""Where a mirror's exports come from. Kept by ``tests/services/mirroring/test_follow.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol


class Source(Protocol):
    """An exchange, or what answers like one. All that it gives is unverified; what it raises ends a run: run it again."""

    def newest(self) -> bytes | None:
        """Give the envelope of the newest manifest, None before the first."""
        ...

    def manifest(self, number: int) -> bytes | None:
        """Give the envelope of the manifest of a number, None if there is none."""
        ...

    def snapshots(self) -> Iterable[int]:
        """Give the numbers of the exports that hold everything, the newest first."""
        ...

    def file(self, name: str, start: int) -> tuple[int, Iterator[bytes]]:
        """Give from which byte on what follows is, and that: from ``start``, or from the first if it could not begin there.

        Raises:
            GoneError: it may not be given any more.
        """
        ...
