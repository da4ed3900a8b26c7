"""Who is asking: everything that a decision may read of a partner and of the credential it came with.

Owns the value. Does not decide anything but which agreement counts; loading the facts is the services' work. Kept by
``tests/policy/test_viewer.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from app.domain.agreement import Agreement
from app.domain.handling import GroupShare
from app.domain.vocabulary import PartnerState, Role, Tlp
from app.policy.agreements import is_in_force


@dataclass(frozen=True, slots=True)
class Viewer:
    """A partner as a decision sees it.

    ``agreement`` is the version that ``agreements.agreement_in_force`` gave, or None; ``tlp_ceiling`` is the credential's own
    and not the agreement's. ``groups`` are the sharing groups that it reads, each with the generation from which on.
    ``recall_overdue``: there is a recall that it should have answered by now; what follows is its agreement's to say.
    """

    partner_id: str
    role: Role
    jurisdiction: str
    state: PartnerState
    agreement: Agreement | None
    tlp_ceiling: Tlp
    groups: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    recall_overdue: bool = False

    def reads(self, share: GroupShare) -> bool:
        """Whether it reads the group, and did so when this was posted, or was let in on what was there before."""
        from_generation = self.groups.get(share.group_id)
        return from_generation is not None and from_generation <= share.generation

    def agreement_at(self, now: datetime) -> Agreement | None:
        """Give the agreement if it is this partner's own and its dates cover ``now``, else None.

        Decisions ask here and not for ``agreement``: a viewer that was built a moment too early, or with another partner's
        agreement, then has none.
        """
        agreement = self.agreement
        if agreement is None or agreement.partner_id != self.partner_id or not is_in_force(agreement, now):
            return None
        return agreement
