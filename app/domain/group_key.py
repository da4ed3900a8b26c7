"""Keys of sharing groups, by which members make tokens: one at a time in a group, each for a period that is called an epoch.

Owns the values and the closed lists. What a token is made of is ``app/domain/token_value.py``'s and
``app/crypto/group_tokens.py``'s. Kept by ``tests/domain/test_group_key.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique

USUAL_EPOCH_DAYS = 90
FEWEST_EPOCH_DAYS = 7
MOST_EPOCH_DAYS = 365
"""A group's key lasts so many days, unless something ends it sooner; whoever manages the group chooses between these."""

KEYS_ARE_KEPT = timedelta(days=730)
"""So long after its end a key can still be fetched: no token is stored for longer."""

BETWEEN_ROTATIONS = timedelta(minutes=10)
"""A group gets a new key on request this often at most."""


@unique
class EpochCause(StrEnum):
    """Why an epoch began."""

    FIRST = "first"
    KEY_LOST = "key-lost"
    MEMBER_ENDED = "member-ended"
    MEMBER_JOINED = "member-joined"
    MEMBER_LEFT = "member-left"
    REQUEST = "request"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A key of a group under seal. ``number`` counts from 1; ``epoch`` is the name that objects bear; the current one has no end.

    ``generation`` is the group's when the epoch began: who reads from a later generation on is not given this key.
    """

    group_id: str
    number: int
    epoch: str
    sealed: str = field(repr=False)
    generation: int
    cause: EpochCause
    begun_at: datetime
    ended_at: datetime | None = None
