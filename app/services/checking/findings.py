"""What a check of the log found: which row, and what about it does not fit. Never what stands in it.

Kept by ``tests/services/checking/test_findings.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: ``where`` names the row by table and number or id of ours."""

    where: str
    what: str


@dataclass(slots=True)
class Findings:
    """All that was found so far; ``advance`` is told of leaves that were looked at."""

    advance: Callable[[int], None] = lambda _count: None
    found: list[Finding] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Keep one more."""
        self.found.append(Finding(where, what))
