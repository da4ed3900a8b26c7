"""One kind of thing that waits for somebody, with how much of it there is.

Kept by ``tests/services/waiting/test_waits.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

MOST_COUNTED = 100
"""So many of a kind are looked at; beyond, a count says "more than"."""


@unique
class WaitKind(StrEnum):
    """What waits; the order in which it is shown is the portal's."""

    ALARMS = "alarms"
    APPROVALS = "approvals"
    DISPUTES = "disputes"
    PAGES = "pages"
    PROPOSALS = "proposals"
    READ_ONLY = "read-only"
    RECALLS = "recalls"
    RECALLS_OF_OTHERS = "recalls-of-others"
    REQUESTS = "requests"
    RETURNED = "returned"
    REVIEWS = "reviews"
    SIGNATURES = "signatures"
    WORK_DEAD = "work-dead"
    WORK_STANDS = "work-stands"


@dataclass(frozen=True, slots=True)
class Wait:
    """How many things of a kind wait (``at_least``: there may be more), and when the first is due, or since when it waits."""

    kind: WaitKind
    count: int
    due_at: datetime | None = None
    since: datetime | None = None
    at_least: bool = False


def counted(kind: WaitKind, found: Collection[object], *, due_at: datetime | None = None, since: datetime | None = None) -> Wait:
    """Give what waits of things that were looked for with a limit of one more than ``MOST_COUNTED``."""
    return Wait(kind, min(len(found), MOST_COUNTED), due_at, since, at_least=len(found) > MOST_COUNTED)
