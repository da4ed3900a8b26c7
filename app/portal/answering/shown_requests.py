"""A request as a page shows it: who asks what, the time that is left, where it stands; and what its object says.

Kept by ``tests/portal/answering/test_shown_requests.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.errors import NotFoundError
from app.domain.partner_request import Answer, RequestKind
from app.portal.answering.names import Names
from app.portal.plain_words import called, spoken
from app.portal.time_left import TimeLeft, time_left
from app.services.reading.pull import pull_object
from app.services.reading.readers import Reader
from app.services.requesting.clocks import clocks
from app.services.requesting.look_up import RequestRecord
from app.web.context import exchange

_MAY_SAY = ("about_refs", "authority", "legal_basis", "purpose", "question")


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer in words."""

    answer: Answer
    words: str
    more: str


@dataclass(frozen=True, slots=True)
class ShownParty:
    """Somebody who was asked: when they were given it first, and what they answered."""

    name: str
    served_at: datetime | None
    answer: ShownAnswer | None


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request in words. ``left`` is until an answer is due, ``kept`` until what is preserved may go; None: no such moment."""

    record: RequestRecord
    title: str
    asker: str
    clock: str
    left: TimeLeft | None
    kept: TimeLeft | None
    answer: ShownAnswer | None
    parties: Sequence[ShownParty]

    @property
    def is_access(self) -> bool:
        """Whether it asks for access to an offer."""
        return self.record.request.kind is RequestKind.ACCESS


def shown_request(record: RequestRecord, known: Names, now: datetime) -> ShownRequest:
    """Give a request as its page shows it."""
    request = record.request
    clock = clocks().get(request.clock_id or "")
    return ShownRequest(
        record,
        called(request.kind),
        known.of(record.asker),
        "" if clock is None else clock.title,
        None if request.due_at is None else time_left(request.due_at, now),
        None if request.lapses_at is None else time_left(request.lapses_at, now),
        shown_answer(record.answer),
        [ShownParty(known.of(one.identity_id), one.served_at, shown_answer(one.answer)) for one in record.parties],
    )


def shown_answer(answer: Answer | None) -> ShownAnswer | None:
    """Give an answer in words."""
    if answer is None:
        return None
    more = [spoken(answer.way)] if answer.way else []
    more += [spoken(answer.reason)] if answer.reason else []
    return ShownAnswer(answer, called(answer.outcome), ", ".join(more))


def object_of(reader: Reader, record: RequestRecord) -> dict[str, Any] | None:
    """Give what the object of a request says; None if it is not there for the reader any more. To be given it is the service."""
    try:
        given = pull_object(exchange(), reader, record.request.stix_id)
    except NotFoundError:
        return None
    value: dict[str, Any] = json.loads(next(iter(given.objects)))
    return dict.fromkeys(_MAY_SAY) | value
