"""Recovery of what a person signs in with: proposed by one, agreed to by another, and used by the person.

Owns the values, their life and their texts' lengths; which two persons count is ``app/policy/recovery.py``'s. Kept by
``tests/domain/test_recovery.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

RECOVERY_LIVES = timedelta(days=7)
"""So long a proposal waits for its second person."""
NEWCOMER_FOR = timedelta(days=3)
"""So long a person who was added is neither of two (``app/policy/newcomers.py``), here and as a second reader."""
LONGEST_TEXT = 500  # characters


@unique
class RecoveryState(StrEnum):
    """The life of a recovery. Alphabetical, never reused; expired is judged by the time of asking and in no row."""

    AGREED = "agreed"
    EXPIRED = "expired"
    PROPOSED = "proposed"
    REFUSED = "refused"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Recovery:
    """That a person may set up anew how they sign in, and what became of it.

    ``partner_id`` None: a person of the exchange. ``reason`` says why, ``recognised`` how whoever proposed it knew them; both
    are for the people who decide, and for the person. ``decided_by`` None: not decided, or agreed to on the exchange's
    machine; of a refused one it may be the proposer, or the person. ``expires_at``: until then it can be agreed to, then be used.
    """

    recovery_id: str
    person_id: str
    partner_id: str | None
    reason: str
    recognised: str
    state: RecoveryState
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    used_at: datetime | None = None

    def state_at(self, now: datetime) -> RecoveryState:
        """Give the state at ``now``: what nobody decided or used before its end has expired."""
        waits = self.state in {RecoveryState.PROPOSED, RecoveryState.AGREED}
        return RecoveryState.EXPIRED if waits and self.expires_at <= now else self.state
