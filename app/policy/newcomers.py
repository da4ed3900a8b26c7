"""Who has been at an organisation for too short a time to be one of two persons.

Owns the rule, for recoveries and for second readers: whoever keeps an organisation's people could else make the second. Kept by
``tests/policy/test_newcomers.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.domain.partner import Person
from app.domain.recovery import NEWCOMER_FOR
from app.domain.sign_in import Invitation


def was_just_added(person: Person, now: datetime) -> bool:
    """Whether a person was added less than three days ago."""
    return person.added_at is not None and person.added_at + NEWCOMER_FOR > now


def is_newcomer(person: Person, invitations: Collection[Invitation], staff: Collection[str], now: datetime) -> bool:
    """Whether a person was added, or let in by a colleague's invitation, less than three days ago.

    Whom the exchange alone invited (on its machine, or one of its ``staff``, by their ids) counts at once.
    """
    by_colleagues = [one for one in invitations if one.by_person_id is not None and one.by_person_id not in staff]
    if invitations and not by_colleagues:
        return False
    used = (one.used_at for one in by_colleagues if one.used_at is not None)
    return was_just_added(person, now) or any(at + NEWCOMER_FOR > now for at in used)
