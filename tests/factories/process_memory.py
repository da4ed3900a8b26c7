"""What lies in the memory of another process, which whoever started it may read (Linux)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+\s*(.*)")
_PIECE = 16 * 1024 * 1024
_OVERLAP = 4096


def _regions(pid: int) -> Iterator[tuple[int, int]]:
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        found = _REGION.match(line)
        if found and found[3] not in {"[vvar]", "[vsyscall]", "[vvar_vclock]"}:
            yield int(found[1], 16), int(found[2], 16)


def found_in_memory(pid: int, needles: Mapping[str, bytes]) -> set[str]:
    """Give the names of those needles that lie anywhere in the process's readable memory."""
    found: set[str] = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end in _regions(pid):
            for at in range(start, end, _PIECE):
                try:
                    memory.seek(at)
                    piece = memory.read(min(_PIECE + _OVERLAP, end - at))
                except (OSError, OverflowError):
                    continue  # gone meanwhile, or a device's
                found |= {name for name, needle in needles.items() if needle in piece}
    return found
