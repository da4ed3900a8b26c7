"""How many keys a partner may bring, and how often it may change what becomes of one.

Owns the numbers. Each key that ever counted stays in the directory for good, and each of its changes makes a version that is kept
and that everybody fetches: so what one partner can cause is bounded. Ending a key at once, and reporting it for the first time,
is never refused. Operators are not bounded. Kept by ``tests/services/membership/test_key_quotas.py``
(the sums: ``docs/keys.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.errors import ConflictError
from app.domain.partner import PartnerKey
from app.domain.vocabulary import KeyState

MOST_PENDING = 5
MOST_COUNTING = 20
MOST_A_DAY = 20
MOST_A_MONTH = 40
"""Of keys that came to count and were not stolen; what a thief brought does not keep its owner from recovering."""

MOST_CHANGES = 8
"""So many leaves of the log a partner may fill with one key before it may only end it."""

_DAY = timedelta(days=1)
_MONTH = timedelta(days=30)


def check_new_key(own: Sequence[PartnerKey], now: datetime) -> None:
    """Raise ``ConflictError`` if a partner, which has these keys, may bring no further one now."""
    today = [one for one in own if one.registered_at > now - _DAY]
    counted = [one for one in own if one.activated_at is not None and one.state is not KeyState.COMPROMISED]
    this_month = [one for one in counted if one.registered_at > now - _MONTH]
    counting = [one for one in own if one.state_at(now) is KeyState.ACTIVE]
    if len(counting) >= MOST_COUNTING:
        raise ConflictError(f"You have {MOST_COUNTING} keys that count, and may have no more: retire one.")
    if len(today) >= MOST_A_DAY:
        raise ConflictError(f"You may bring {MOST_A_DAY} keys in 24 hours, and have.")
    if len(this_month) >= MOST_A_MONTH:
        raise ConflictError(f"You may bring {MOST_A_MONTH} keys in 30 days, and have.")


def check_pending(own: Sequence[PartnerKey]) -> None:
    """Raise ``ConflictError`` if a partner, which has these keys, may have no further one that waits for its activation."""
    if sum(one.state is KeyState.PENDING for one in own) >= MOST_PENDING:
        raise ConflictError(f"You have {MOST_PENDING} pending keys, and may have no more: revoke those that you do not need.")


def check_changes(changes: int) -> None:
    """Raise ``ConflictError`` if a partner may change no more about a key, of which the log has so many leaves."""
    if changes >= MOST_CHANGES:
        raise ConflictError("This key was changed too often: revoke it, or ask an operator.")
