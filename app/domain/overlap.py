"""Overlap checks and deconfliction: tokens, what is asked with them, and what is registered.

A token is what an identifier becomes when its holder blinds it, the exchange evaluates it without seeing it, and the holder
unblinds it (``app/crypto/oprf.py``). Equal identifiers of one scope and epoch have equal tokens. Owns the values. Kept by
``tests/domain/test_overlap.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique

MOST_AT_ONCE = 100
"""So many elements or tokens are taken in one request."""

LONGEST_HELD = timedelta(days=400)
"""So long at most a registered token stands before its holder has to say so again."""

DECONFLICTION = "deconfliction"
"""The scope of tokens for deconfliction; that of overlap checks is the id of a sharing group."""

_DOMAIN = b"breakwater-overlap-v1"


def scoped_input(scope: str, kind: str, value: str) -> bytes:
    """Give what is blinded for an identifier in its one spelling.

    The scope is part of it, so that nobody can compare the tokens of one group, or of deconfliction, with those of another.
    """
    return b"\0".join((_DOMAIN, scope.encode(), kind.encode(), value.encode()))


@unique
class InterestKind(StrEnum):
    """Why an agency has an interest in an identifier; its own record, told to nobody. Alphabetical, never reused."""

    INVESTIGATION = "investigation"
    PLANNED_ACTION = "planned-action"
    SAFEGUARDING = "safeguarding"


@dataclass(frozen=True, slots=True)
class Holding:
    """That a partner holds what a token stands for, as it says within one sharing group; ``digest`` is the token's.

    ``contact_id`` is the contact of its own that a match is told; None: a match is told no contact.
    """

    partner_id: str
    group_id: str
    epoch: str
    digest: bytes = field(repr=False)
    contact_id: str | None
    until: datetime
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class HoldingCount:
    """How many tokens a partner has registered in a group, of one epoch, until the same instant."""

    group_id: str
    epoch: str
    until: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Interest:
    """An agency's interest in what a token stands for. ``digest`` is the token's, None once the interest has ended."""

    interest_id: str
    partner_id: str
    epoch: str
    digest: bytes | None = field(repr=False)
    kind: InterestKind
    contact_id: str
    until: datetime
    registered_at: datetime
    ended_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it can still meet another's: neither withdrawn nor lapsed."""
        return self.ended_at is None and now < self.until


@dataclass(frozen=True, slots=True)
class Meeting:
    """That two agencies' interests are in the same: both are told at once, each the other's contact point and the time.

    ``first`` and ``second`` are ids of interests, the earlier registered first; it says nothing of what they are in.
    """

    meeting_id: str
    first: str
    first_partner: str
    second: str
    second_partner: str
    met_at: datetime
    forget_at: datetime

    def other_side(self, partner_id: str) -> tuple[str, str]:
        """Give a partner's own interest, and the other partner."""
        if partner_id == self.first_partner:
            return self.first, self.second_partner
        return self.second, self.first_partner
