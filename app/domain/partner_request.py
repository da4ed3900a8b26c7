"""Requests between partners, for access, information or preservation: their clocks, and their answers.

Owns the words, what a clock lets a request ask, and what belongs to an answer. What is asked stands in a signed object: the
asker's own, or for access the offer of whoever is asked. Nothing here carries content: a request names objects, an answer names
objects and a number. Kept by ``tests/domain/test_partner_request.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from app.domain.vocabulary import Purpose


@unique
class RequestKind(StrEnum):
    """What is asked; those but for access are the types of the objects that ask."""

    ACCESS = "access-request"
    INFORMATION = "information-request"
    PRESERVATION = "preservation-request"


@unique
class RequestOutcome(StrEnum):
    """What somebody who was asked did."""

    DECLINED = "declined"
    GRANTED = "granted"
    NOT_HELD = "not-held"
    PRESERVED = "preserved"
    PROVIDED = "provided"


@unique
class GrantWay(StrEnum):
    """How access was given, by whoever could: a new version with a wider handling, or a place in a sharing group."""

    HANDLING = "handling"
    SHARING_GROUP = "sharing-group"


@unique
class DeclineReason(StrEnum):
    """Why access was not given."""

    BASIS_INSUFFICIENT = "basis-insufficient"
    NEED_NOT_SHOWN = "need-not-shown"
    NOT_HELD = "not-held"
    NOT_OURS_TO_SHARE = "not-ours-to-share"
    NOT_NOW = "not-now"


OUTCOMES = {
    RequestKind.ACCESS: frozenset({RequestOutcome.DECLINED, RequestOutcome.GRANTED}),
    RequestKind.INFORMATION: frozenset({RequestOutcome.DECLINED, RequestOutcome.NOT_HELD, RequestOutcome.PROVIDED}),
    RequestKind.PRESERVATION: frozenset({RequestOutcome.DECLINED, RequestOutcome.NOT_HELD, RequestOutcome.PRESERVED}),
}
"""How each kind may be answered."""

REFERENCE = "[A-Za-z0-9][A-Za-z0-9._/-]{0,63}"
"""What a number of an answer looks like: it stays while the request does, so that no sentence about a person fits in."""
BASIS = "[A-Za-z0-9][A-Za-z0-9:._/-]{0,63}"
"""What the word for the legal basis of asking for access looks like."""

OFFER_TYPE = "access-offer"
"""The type of the objects that say what access may be asked for."""

ASK_AGAIN_AFTER = timedelta(days=30)
"""So long after access was asked it may be asked again, where the same offer was answered or the request taken back."""

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
    may answer. ``lapses_at`` is when what is preserved may go. Of access ``stix_id`` and ``version_id`` are the offer's, which is
    another's; ``purpose`` and ``legal_basis`` (a word) are of access alone: in the others they stand in the object.
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
    purpose: Purpose | None = None
    legal_basis: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether its clock runs."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody who was asked did: ``reference`` is a number of its own, ``object_ids`` are its objects that say more.

    ``way`` is how access was granted, ``reason`` why it was declined.
    """

    outcome: RequestOutcome
    answered_at: datetime
    reference: str | None = None
    object_ids: tuple[str, ...] = ()
    log_index: int | None = None
    way: GrantWay | None = None
    reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is wrong with an answer, and which member of it."""

    member: str
    sentence: str


def why_unfit(kind: RequestKind, answer: Answer) -> Unfit | None:
    """Give what is wrong with an answer to such a request, or None."""
    if answer.outcome not in OUTCOMES[kind]:
        return Unfit("outcome", f"Such a request is answered by one of: {', '.join(sorted(OUTCOMES[kind]))}.")
    if (answer.way is not None) is not (answer.outcome is RequestOutcome.GRANTED):
        return Unfit("way", "Whoever grants access says how, and nobody else.")
    if (answer.reason is not None) is not (kind is RequestKind.ACCESS and answer.outcome is RequestOutcome.DECLINED):
        return Unfit("reason", "Whoever declines access says why, by a word, and nobody else.")
    if answer.way is GrantWay.HANDLING and not answer.object_ids:
        return Unfit("object_ids", "Name the objects whose handling is wider now.")
    return None


def still_stands(request: PartnerRequest, *, is_answered: bool, now: datetime) -> bool:
    """Whether something may still come of a request: it is open, not answered, and its time has not gone by."""
    return request.is_open and not is_answered and not _is_due(request, now)


def may_ask_again(request: PartnerRequest, offer_version: int, *, is_answered: bool, now: datetime) -> bool:
    """Whether access may be asked anew where a request stands no more.

    So it is if that lapsed unanswered, if there is another version of the offer, or if a month went by.
    """
    has_lapsed = request.is_open and not is_answered and _is_due(request, now)
    return has_lapsed or request.version_id != offer_version or now >= request.asked_at + ASK_AGAIN_AFTER


def _is_due(request: PartnerRequest, now: datetime) -> bool:
    return request.due_at is not None and request.due_at <= now


def warnings_due(moment: datetime | None, warned: Iterable[int], now: datetime) -> list[int]:
    """Give the warnings (days before) that a moment calls for by now and that were not given; none after it has passed."""
    if moment is None or moment <= now:
        return []
    return [days for days in WARN_DAYS if moment - now <= timedelta(days=days) and days not in set(warned)]
