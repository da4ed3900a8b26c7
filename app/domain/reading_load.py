"""How much a second reader reads: what their organisation lets one person read in a day, and when a break is offered.

Owns the numbers and the rule. It protects whoever reads, and is no measure of anybody's work: counts are the person's own, last a
few days, and nobody else sees them. Kept by ``tests/domain/test_reading_load.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TAKEN_FOR = timedelta(minutes=20)
"""So long a draft that somebody took to read is theirs; then another may take it."""
COUNTS_LAST = timedelta(days=7)
RESTED_AFTER = timedelta(minutes=15)
"""Whoever took nothing for so long had a break, whether they said so or not."""
MOST_ITEMS = 500
MOST_MINUTES = 240


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What an organisation's administrators set for each of its readers: items a day; a break after so many items or minutes."""

    items_a_day: int = 40
    break_after_items: int = 8
    break_after_minutes: int = 45


@dataclass(frozen=True, slots=True)
class ReadingLoad:
    """What one person took to read on one day (UTC, ``YYYY-MM-DD``), and since their last break: since when, how many."""

    person_id: str
    day: str
    items: int = 0
    since_break: int = 0
    begun_at: datetime | None = None
    last_at: datetime | None = None

    def now(self, now: datetime) -> ReadingLoad:
        """Give the load as it is at ``now``: another day begins with nothing, and a pause is a break."""
        day = now.date().isoformat()
        if day != self.day:
            return ReadingLoad(self.person_id, day)
        rested = self.last_at is not None and now - self.last_at >= RESTED_AFTER
        return replace(self, since_break=0, begun_at=None) if rested else self

    def with_one_more(self, now: datetime) -> ReadingLoad:
        """Give the load after another item was taken."""
        load = self.now(now)
        return replace(load, items=load.items + 1, since_break=load.since_break + 1, begun_at=load.begun_at or now, last_at=now)

    def rested(self) -> ReadingLoad:
        """Give the load after a break."""
        return replace(self, since_break=0, begun_at=None)

    def wants_break(self, limits: ReadingLimits, now: datetime) -> bool:
        """Whether a break is offered: after so many items, or so many minutes, whichever is first."""
        load = self.now(now)
        if load.since_break >= limits.break_after_items:
            return True
        return load.begun_at is not None and now - load.begun_at >= timedelta(minutes=limits.break_after_minutes)

    def is_full(self, limits: ReadingLimits, now: datetime) -> bool:
        """Whether this was enough for the day; what is urgent can be taken nevertheless."""
        return self.now(now).items >= limits.items_a_day
