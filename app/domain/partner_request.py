"""Requests between partners, for information or preservation: what is asked stands in a signed object, here stand its clocks.

Owns the words, and what a clock lets a request ask. Nothing here carries content: a request names objects, an answer names
objects and a number. Kept by ``tests/domain/test_partner_request.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class RequestKind(StrEnum):
    """What is asked; the words are those of the objects' types."""

    INFORMATION = "information-request"
    PRESERVATION = "preservation-request"


@unique
class RequestOutcome(StrEnum):
    """What somebody who was asked did."""

    DECLINED = "declined"
    NOT_HELD = "not-held"
    PRESERVED = "preserved"
    PROVIDED = "provided"


OUTCOMES = {
    RequestKind.INFORMATION: frozenset({RequestOutcome.DECLINED, RequestOutcome.NOT_HELD, RequestOutcome.PROVIDED}),
    RequestKind.PRESERVATION: frozenset({RequestOutcome.DECLINED, RequestOutcome.NOT_HELD, RequestOutcome.PRESERVED}),
}
"""How each kind may be answered."""

WARN_DAYS = (14, 3, 1)
"""So many days before a preservation lapses, and before an answer is due, those concerned are warned."""


@dataclass(frozen=True, slots=True)
class StatutoryClock:
    """A clock that a law sets, as data: it is quoted, never decided by.

    ``answer_within`` and ``lasts`` are what the law gives to answer and to preserve; ``renewal`` is what one renewal adds (None:
    the law names none). ``source`` names the provision.
    """

    clock_id: str
    title: str
    kind: RequestKind
    source: str
    answer_within: timedelta | None = None
    lasts: timedelta | None = None
    renewal: timedelta | None = None

    def latest_end(self, asked_at: datetime, *, is_renewed: bool) -> datetime | None:
        """Give until when a request of then may have something preserved; None: the law names no end."""
        if self.lasts is None:
            return None
        return asked_at + self.lasts + (self.renewal or timedelta() if is_renewed else timedelta())


@dataclass(frozen=True, slots=True)
class PartnerRequest:
    """A request whose clock runs: whose it is, its object, and its times.

    ``version_id`` is the row id of the version by which it was kept last. ``is_to_all``: it names nobody, so that whoever sees it
    may answer. ``lapses_at`` is when what is preserved may go.
    """

    request_id: str
    owner_id: str
    stix_id: str
    version_id: int
    kind: RequestKind
    clock_id: str | None
    is_to_all: bool
    asked_at: datetime
    due_at: datetime | None
    lapses_at: datetime | None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether its clock runs."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody who was asked did: ``reference`` is a number of its own, ``object_ids`` are its objects that say more."""

    outcome: RequestOutcome
    answered_at: datetime
    reference: str | None = None
    object_ids: tuple[str, ...] = ()
    log_index: int | None = None


def warnings_due(moment: datetime | None, warned: Iterable[int], now: datetime) -> list[int]:
    """Give the warnings (days before) that a moment calls for by now and that were not given; none after it has passed."""
    if moment is None or moment <= now:
        return []
    return [days for days in WARN_DAYS if moment - now <= timedelta(days=days) and days not in set(warned)]
