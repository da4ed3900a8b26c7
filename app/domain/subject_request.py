"""Requests of the persons that data are about: what is asked, until when it is answered, and what was done.

Owns the values and the counting of time; who may do what is ``app/policy/subject_requests.py``. The name of a person stands in
none of them: only selectors, which are wiped, and a case reference. Kept by ``tests/domain/test_subject_request.py``.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique

MOST_SELECTORS = 10
MOST_LOOKUPS = 20
"""How many look-ups may be proposed within ``LOOKUPS_COUNT_FOR`` in the whole exchange: each is a question about a person."""

LOOKUPS_COUNT_FOR = timedelta(days=1)
KEPT_AFTER_CLOSING = timedelta(days=30)
"""How long selectors and findings stay after a request was closed."""

_WARNED_BEFORE = timedelta(days=7)
_MOST_DAILY_WARNINGS = 30


@unique
class SubjectRight(StrEnum):
    """What a person asks for (GDPR art. 15 to 21)."""

    ACCESS = "access"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"


@unique
class SelectorKind(StrEnum):
    """What a selector is; each has one way of being spelled (``app/stix/selectors.py``)."""

    EMAIL = "email"
    HANDLE = "handle"
    HASH = "hash"
    IP = "ip"
    PHONE = "phone"
    STIX_ID = "stix-id"
    URL = "url"


@unique
class SubjectAct(StrEnum):
    """What two persons do about a request."""

    ANSWER = "answer"
    ERASURE = "erasure"
    LIFTING = "lifting"
    LOOKUP = "lookup"
    RECTIFICATION = "rectification"
    REJECTION = "rejection"
    RESTRICTION = "restriction"


@unique
class SubjectState(StrEnum):
    """How far a request is."""

    CLOSED = "closed"
    LOOKED_UP = "looked-up"
    LOOKING = "looking"
    OPEN = "open"


@unique
class SubjectGround(StrEnum):
    """Why a request is answered, extended or rejected as it is, or what is wrong: a word, never a text about somebody."""

    ACCOUNT_TAKEN_OVER = "account-taken-over"
    COMPLEX = "complex"
    EXCESSIVE = "excessive"
    HELD = "held"
    IDENTITY_UNCONFIRMED = "identity-unconfirmed"
    LAW_ENFORCEMENT = "law-enforcement"
    LEGAL_CLAIMS = "legal-claims"
    MANY_REQUESTS = "many-requests"
    MISTAKEN_IDENTITY = "mistaken-identity"
    NOTHING_HELD = "nothing-held"
    NOT_UNLAWFUL = "not-unlawful"
    OUTDATED = "outdated"
    RIGHTS_OF_OTHERS = "rights-of-others"


EXTENDING = frozenset({SubjectGround.COMPLEX, SubjectGround.MANY_REQUESTS})
"""Grounds of an extension (GDPR art. 12(3))."""

ANSWERING = frozenset(
    {SubjectGround.HELD, SubjectGround.LAW_ENFORCEMENT, SubjectGround.NOTHING_HELD, SubjectGround.RIGHTS_OF_OTHERS}
)
"""What an answer says. By the two that withhold (GDPR art. 15(4), LED art. 15(1)) it neither confirms nor denies."""

CORRECTING = frozenset(
    {
        SubjectGround.ACCOUNT_TAKEN_OVER,
        SubjectGround.MISTAKEN_IDENTITY,
        SubjectGround.NOT_UNLAWFUL,
        SubjectGround.OUTDATED,
    }
)
"""What is wrong with what is held: the reasons of contests (``ContestReason``)."""

REJECTING = frozenset(
    {
        SubjectGround.EXCESSIVE,
        SubjectGround.IDENTITY_UNCONFIRMED,
        SubjectGround.LAW_ENFORCEMENT,
        SubjectGround.LEGAL_CLAIMS,
        SubjectGround.RIGHTS_OF_OTHERS,
    }
)
"""Grounds on which nothing is done."""


@unique
class FindingGround(StrEnum):
    """Why a version was found: its id is that of the selector, it states it, or it refers to what does."""

    CONTENT = "content"
    ID = "id"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Selector:
    """What to look for, in its one spelling. ``platform`` is that of a handle."""

    kind: SelectorKind
    value: str = field(repr=False)
    platform: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """A request. ``selectors`` is empty and ``salt`` None once they are wiped; ``scanned_to`` is how far the look-up is.

    ``reference`` is a word by which the case is found outside. ``warnings`` counts the alarms about the deadline.
    """

    request_id: str
    reference: str
    right: SubjectRight
    received_at: datetime
    deadline: datetime
    state: SubjectState
    opened_by: str
    opened_at: datetime
    selectors: Sequence[Selector] = field(default=(), repr=False)
    salt: bytes | None = field(default=None, repr=False)
    extended_at: datetime | None = None
    extension_ground: SubjectGround | None = None
    looked_up_at: datetime | None = None
    scan_from: int = 0
    scan_to: int = 0
    answered_at: datetime | None = None
    answer_ground: SubjectGround | None = None
    closed_at: datetime | None = None
    wiped_at: datetime | None = None
    warnings: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether whoever asked was answered, or told that nothing is done."""
        return self.answered_at is not None or self.state is SubjectState.CLOSED


@dataclass(frozen=True, slots=True)
class Deed:
    """What two persons did about a request, and how many versions that was about."""

    request_id: str
    act: SubjectAct
    done_at: datetime
    count: int = 0
    ground: SubjectGround | None = None


def months_after(at: datetime, months: int) -> datetime:
    """Give the same day so many months later, or the last of that month if it is shorter (Regulation 1182/71, art. 3(2)(c))."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    month += 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def next_warning(deadline: datetime, warnings: int) -> datetime | None:
    """Give when the next alarm about a deadline is due: a week before, at it, and then each day for a month; None afterwards."""
    if warnings == 0:
        return deadline - _WARNED_BEFORE
    return None if warnings > _MOST_DAILY_WARNINGS else deadline + timedelta(days=warnings - 1)
