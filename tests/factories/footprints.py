"""What the processes of a server hold, as the kernel counts it (Linux): memory and open files, of the master and its children.

Owns reading ``/proc`` and the slope of a row of figures. Kept by ``tests/walk/test_overload.py`` and ``tests/walk/test_soak.py``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_SESSION = 3  # behind the name: state, parent, group, session (proc(5))


@dataclass(frozen=True)
class Footprint:
    """What one moment's processes hold. A page of memory that two of them share counts twice."""

    each_resident_bytes: tuple[int, ...]  # the oldest process first
    descriptors: int

    @property
    def resident_bytes(self) -> int:
        """All of them together."""
        return sum(self.each_resident_bytes)


def processes_of(session: int) -> list[int]:
    """Give the processes of a session, as each server here has one of its own."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(after_name[_SESSION]) == session:
            found.append(int(path.parent.name))
    return sorted(found)


def footprint(session: int) -> Footprint:
    """Add up what the processes of a session hold; what ends meanwhile counts for nothing."""
    resident, descriptors = [], 0
    for process in processes_of(session):
        folder = Path(f"/proc/{process}")
        try:
            pages, open_files = int((folder / "statm").read_text().split()[1]), len(list((folder / "fd").iterdir()))
        except OSError:
            continue
        resident.append(pages * _PAGE_BYTES)
        descriptors += open_files
    return Footprint(tuple(resident), descriptors)


def slope(times: Sequence[float], figures: Sequence[float]) -> float:
    """Give by how much figures grow in one unit of time: the line of least squares through at least two of them."""
    middle, mean = sum(times) / len(times), sum(figures) / len(figures)
    spread = sum((one - middle) ** 2 for one in times)
    return sum((one - middle) * (figure - mean) for one, figure in zip(times, figures, strict=True)) / spread
