"""Sharing groups: partners that share with each other, and what each of them may do there.

Owns the values. Who may keep a group is ``app/services/membership/keep_groups.py``'s, who sees what was posted to one
``app/policy``'s. Kept by ``tests/domain/test_sharing.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.vocabulary import Harm

_RESERVED = frozenset({"exchange", "everything", *Harm})


def is_reserved(title: str) -> bool:
    """Whether the exchange's own collections have this title: that of everything, and one for each type of harm."""
    return "-".join(title.lower().replace("-", " ").split()) in _RESERVED


@dataclass(frozen=True, slots=True)
class SharingGroup:
    """A sharing group. ``feed`` is the number of its collection's feed; ``manager_id`` None: the exchange's operators manage it.

    ``shares_history``: who joins sees what was posted before. Where not, ``generation`` grows with each who joins, and he sees
    what is posted from then on. A deleted group is nobody; its title stays taken.
    """

    group_id: str
    feed: int
    title: str
    description: str
    manager_id: str | None
    shares_history: bool
    generation: int
    created_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupMember:
    """What one partner may do in a group; one that may neither read nor write is none. ``partner_id`` may be no partner's.

    It reads what was posted in ``from_generation`` or later.
    """

    group_id: str
    partner_id: str
    can_read: bool
    can_write: bool
    from_generation: int
    joined_at: datetime
