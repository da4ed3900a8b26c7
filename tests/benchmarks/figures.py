"""How the benchmarks measure and print: each figure beside a baseline of the same run, as a ratio.

No figure here is a promise and none is asserted; ``docs/performance.md`` says which were reached when, on which machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured rate and what it is measured against, both per second."""

    job: str
    rate: float
    unit: str
    baseline: str
    baseline_rate: float

    def line(self) -> str:
        """Give the row of the printed table."""
        ratio = self.rate / self.baseline_rate if self.baseline_rate else float("nan")
        return f"| {self.job} | {self.rate:,.0f} {self.unit} | {self.baseline} | {self.baseline_rate:,.0f} | {ratio:.2f} |"


HEADER = "| job | measured | baseline of the same run | per second | ratio |\n|---|---|---|---|---|"


def rate_of(act: Callable[[], object], *, seconds: float = 1.0, each: int = 1) -> float:
    """Give how many things a second ``act`` does, where one call does ``each``; the best of three stretches."""
    act()
    best = 0.0
    for _ in range(3):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds / 3:
            act()
            count += each
        best = max(best, count / (time.perf_counter() - start))
    return best


def percentile(values: list[float], share: float) -> float:
    """Give the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def resident_megabytes() -> float:
    """Give the memory that this process has now, by the kernel's count; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def most_megabytes() -> float:
    """Give the most memory that this process has had, by the kernel's count; Linux only.

    Not that of ``getrusage``, which remembers what the parent had when it forked.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1_000_000
