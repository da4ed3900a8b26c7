"""Everybody as decisions see them at one moment, and which of them an asker may be told of.

Owns loading all partners by the same few statements, whoever asks and about whom. Kept by
``tests/services/explaining/test_membership.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.partner import Partner
from app.domain.vocabulary import Tlp
from app.policy.agreements import agreement_in_force
from app.policy.telling import is_listed_member
from app.policy.viewer import Viewer
from app.storage import agreements, members, notices, sharing
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class Member:
    """A partner, and how decisions see it; whatever ceiling its credentials have is left out."""

    partner: Partner
    viewer: Viewer
    is_listed: bool

    @property
    def partner_id(self) -> str:
        """Its id."""
        return self.partner.partner_id


@dataclass(frozen=True, slots=True)
class Membership:
    """All partners by their ids, in the order of their names."""

    members: Mapping[str, Member]

    @classmethod
    def load(cls, connection: Connection, now: datetime) -> Membership:
        """Read everybody, under the agreements in force at ``now``."""
        terms: dict[str, list[Agreement]] = defaultdict(list)
        for one in agreements.agreements(connection, None):
            terms[one.partner_id].append(one)
        groups: dict[str, dict[str, int]] = defaultdict(dict)
        for group_id, listed in sharing.members_of(connection, [one.group_id for one in sharing.groups(connection)]).items():
            for member in listed:
                if member.can_read:
                    groups[member.partner_id][group_id] = member.from_generation
        found, late = {}, notices.late_partners(connection, now)
        for partner in members.partners(connection):
            agreement = agreement_in_force(terms[partner.partner_id], now)
            who = (partner.partner_id, partner.role, partner.jurisdiction, partner.state)
            is_late = partner.partner_id in late
            viewer = Viewer(*who, agreement, Tlp.RED, groups[partner.partner_id], is_late)
            found[partner.partner_id] = Member(partner, viewer, is_listed_member(viewer, now))
        return cls(found)

    def known_to(self, asker_id: str | None) -> dict[str, Member]:
        """Give whom an asker may be told of by name: staff (None) everybody, a partner itself and listed members."""
        return {one: member for one, member in self.members.items() if asker_id is None or asker_id == one or member.is_listed}

    def unlisted_to(self, asker_id: str) -> Sequence[Viewer]:
        """Give those of whom a partner may learn no more than a band."""
        return [member.viewer for one, member in self.members.items() if one != asker_id and not member.is_listed]
