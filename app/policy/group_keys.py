"""Who is given which keys of a sharing group, and when a group's current key is followed by another.

Pure rules; fetching and renewing are ``app/services/membership``'s. That a group does not exist for whoever is not in it is
``look_at_groups``'. Kept by ``tests/policy/test_group_keys.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import Code
from app.domain.group_key import EpochCause, GroupKey
from app.domain.sharing import GroupMember
from app.policy.administration import Forbidden


def check_reads(member: GroupMember | None) -> GroupMember | Forbidden:
    """Give the member (None: the caller is none) if it reads in the group, or else the reason why it is given no key."""
    if member is not None and member.can_read:
        return member
    return Forbidden(Code.PERMISSION_MISSING, "Keys of a group are given to its members that read there, and to nobody else.")


def may_have(key: GroupKey, from_generation: int, fetched_before: Collection[int]) -> bool:
    """Whether a reading member may have a key: it reads what was posted in that epoch, or has had the key before."""
    return key.generation >= from_generation or key.number in fetched_before


def why_followed(before: GroupMember | None, *, can_read: bool, shares_history: bool) -> EpochCause | None:
    """Give why a group's key is to be followed by another now that a member's rights change (``before`` None: it had none).

    Who comes to read where history is not shared is not given what was before, and so not the key of then.
    """
    could_read = before is not None and before.can_read
    if could_read == can_read or (can_read and shares_history):
        return None
    return EpochCause.MEMBER_JOINED if can_read else EpochCause.MEMBER_LEFT


@dataclass(frozen=True, slots=True)
class Holders:
    """Partners that fetched a group's current key, and partners that read in the group and are active now."""

    holding: frozenset[str]
    reading: frozenset[str]


def why_renewed(key: GroupKey, holders: Holders, epoch_days: int, now: datetime) -> EpochCause | None:
    """Give why a group's current key is to be followed by another, or None.

    A key that nobody has yet can wait: there is nothing under it.
    """
    if holders.holding - holders.reading:
        return EpochCause.MEMBER_ENDED
    if holders.holding and now - key.begun_at >= timedelta(days=epoch_days):
        return EpochCause.SCHEDULE
    return None
