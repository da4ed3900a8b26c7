"""Who may change a sharing group, and in which direction.

Owns the one rule. Who is in a group, and that it exists for its members, its manager and operators alone, is
``app/services/membership/keep_groups.py``'s. Kept by ``tests/policy/test_sharing_groups.py``.
"""

from __future__ import annotations

from enum import Enum, auto, unique

from app.domain.errors import Code
from app.policy.administration import Forbidden


@unique
class GroupChange(Enum):
    """What a change does: one's own leaving; somebody else's rights become fewer, or the group ends; anything else."""

    LEAVE = auto()
    NARROW = auto()
    OTHER = auto()


def why_group_stays(caller_id: str | None, manager_id: str | None, change: GroupChange) -> Forbidden | None:
    """Give the reason why the caller may not change a group that it sees, or None.

    ``None`` as an id stands for the exchange's operators. Whoever manages a group changes it, every member leaves as it likes,
    and operators narrow any group, so that a leak ends although its manager is suspended or away.
    """
    if change is GroupChange.LEAVE or caller_id == manager_id:
        return None
    if change is GroupChange.NARROW and caller_id is None:
        return None
    sentence = "Only whoever manages this group may change it; a member may leave, and operators may narrow."
    return Forbidden(Code.PERMISSION_MISSING, sentence)
