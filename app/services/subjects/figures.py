"""How often the exchange is asked about persons, and what came of it, month by month: counts for auditors, without ids.

Kept by ``tests/services/subjects/test_figures.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.subject_request import SubjectAct, months_after
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.storage import subjects

_MONTHS = 24


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """One month (``2026-03``): requests opened, answered late, and each act by its word."""

    month: str
    opened: int
    late: int
    acts: dict[SubjectAct, int]


def figures(exchange: Exchange, principal: Principal) -> list[MonthlyFigures]:
    """Give the figures of the last two years, newest month first; raises ``ForbiddenError`` for who may not see requests."""
    require(principal, Permission.SUBJECTS_READ)
    now = exchange.clock()
    since = _month(months_after(now, 1 - _MONTHS))
    with exchange.database.read() as connection:
        deeds = subjects.deeds_since(connection, since)
        requests = subjects.requests_since(connection, since)
    acts: Counter[tuple[str, SubjectAct]] = Counter((_name(one.done_at), one.act) for one in deeds)
    opened = Counter(_name(one.opened_at) for one in requests)
    late = Counter(_name(one.deadline) for one in requests if (one.answered_at or now) > one.deadline)
    return [
        MonthlyFigures(month, opened[month], late[month], {act: acts[month, act] for act in SubjectAct}) for month in _months(now)
    ]


def _months(now: datetime) -> Iterator[str]:
    for back in range(_MONTHS):
        yield _name(months_after(_month(now), -back))


def _month(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _name(at: datetime) -> str:
    return f"{at:%Y-%m}"
