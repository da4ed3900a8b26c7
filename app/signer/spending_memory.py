"""What the signer remembers of evaluations: how many elements of each partner, and of all, it evaluated on a day (UTC).

Owns one small file beside the key, and the bound: a web tier that was taken over asks no more of the key than the partners may
together, ``MOST_PARTNERS_WORTH`` times one partner's budget at most, under whatever names. A clock that is put back opens no day
anew. What is counted is durable before an evaluation leaves. Kept by ``tests/signer/test_spending_memory.py``.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.signer.memory_file import MemoryFile, UnreadableMemoryError

MOST_PARTNERS_WORTH = 20
"""So many times a partner's budget is what all partners together have evaluated in a day."""

_PARTNER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class SpendingMemory:
    """The memory in one file; the first evaluation makes it."""

    def __init__(self, path: Path, per_day: int) -> None:
        """Name the file, and how many elements of one partner are evaluated in a day."""
        self._file = MemoryFile(path)
        self._per_day = per_day

    def why_not(self, partner_id: str, count: int, now: datetime) -> str | None:
        """Give why so many elements more of a partner (as the exchange says) are not evaluated, or None; then they are counted.

        Raises:
            UnreadableMemoryError: nobody knows what was spent.
            OSError: it cannot be remembered, for instance since the disk is full.
        """
        if not _PARTNER.fullmatch(partner_id):
            return "no-partner"
        with self._file.alone():
            day, spent = _known(self._file.read())
            today = now.date()
            if day is None or today > day:
                day, spent = today, {}
            if spent.get(partner_id, 0) + count > self._per_day:
                return "budget-spent"
            if sum(spent.values()) + count > MOST_PARTNERS_WORTH * self._per_day:
                return "budget-spent"
            self._file.write({"day": day.isoformat(), "spent": {**spent, partner_id: spent.get(partner_id, 0) + count}})
        return None

    def check(self) -> None:
        """Read the file once, so that an unreadable one is known at the start; raises ``UnreadableMemoryError``."""
        _known(self._file.read())


def _known(value: dict[str, Any] | None) -> tuple[date | None, dict[str, int]]:
    if value is None:
        return None, {}
    try:
        return date.fromisoformat(value["day"]), {str(name): int(count) for name, count in value["spent"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise UnreadableMemoryError from exc
