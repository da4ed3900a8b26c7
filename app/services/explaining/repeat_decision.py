"""Repeating a decision of the past exactly as it was: what somebody saw or would have seen then, on which ground, or why not.

Owns how the facts of then are put together again: states, agreements, groups and classes as they stood. The rule is today's code
(the baseline changes only with the program). Nothing is disclosed. Kept by ``tests/services/explaining/test_repeat_decision.py``
and, over random histories, by ``tests/promises/test_decisions_are_repeated.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.disclosure import Disclosure
from app.domain.handling import HandlingClass
from app.domain.partner import Partner
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.policy.agreements import agreement_in_force
from app.policy.grounds import Ground, why_seen
from app.policy.visibility import Hidden, Viewer, why_hidden
from app.storage import agreements, handling, sharing
from app.storage.history import AsOf, PartnersPast, PastVersion, VersionsPast
from app.storage.session import Connection


@dataclass(frozen=True, slots=True)
class Asking:
    """For what, by which way and with a credential of which ceiling somebody read."""

    purpose: Purpose
    channel: Channel
    tlp_ceiling: Tlp


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one version: seen on a ``ground``, or ``hidden`` by the policy, never both.

    ``groups`` are the ids of the sharing groups through which it was seen, ``agreement_version`` that of the agreement in force
    (None: none was). ``is_out_of_time``: it was under embargo for others than its owner, expired, withdrawn, or not there yet.
    """

    ground: Ground | None
    hidden: Hidden | None
    groups: frozenset[str]
    agreement_version: int | None
    is_out_of_time: bool

    @property
    def was_seen(self) -> bool:
        """Whether it was seen."""
        return self.ground is not None and not self.is_out_of_time


def decisions_at(
    connection: Connection, partner: Partner, version_ids: Collection[int], asking: Asking, as_of: AsOf
) -> dict[int, Decision]:
    """Give what was decided about each of these versions (row ids) then; those that are gone are left out.

    By an instant that is before ``history.kept_since``, what comes out may not be what was decided.
    """
    viewer = viewer_at(connection, partner, asking.tlp_ceiling, as_of)
    return _decided(viewer, versions_at(connection, version_ids, as_of), asking, as_of)


def decisions_of_row(
    connection: Connection, partner: Partner, row: Disclosure, version_ids: Collection[int], tlp_ceiling: Tlp
) -> dict[int, Decision]:
    """Give what was decided about versions of a ledger row when it was written; as ``Repeater.of_row``."""
    return Repeater.load(connection, [partner], version_ids).of_row(row, version_ids, tlp_ceiling)


@dataclass(frozen=True, slots=True)
class Repeater:
    """Repeats decisions of rows of the ledger in one snapshot: what they were made on is read at once."""

    partners: Mapping[str, Partner]
    agreements: Mapping[str, Sequence[Agreement]]
    groups: Mapping[str, Mapping[str, int]]
    partners_past: PartnersPast
    versions_past: VersionsPast
    classes: Mapping[int, HandlingClass]

    @classmethod
    def load(cls, connection: Connection, partners: Collection[Partner], version_ids: Collection[int]) -> Repeater:
        """Read what decisions for these partners about these versions (row ids) need."""
        by_id = {one.partner_id: one for one in partners}
        versions = VersionsPast.load(connection, version_ids)
        return cls(
            partners=by_id,
            agreements=agreements.agreements_of(connection, by_id.keys()),
            groups=sharing.reading_of(connection, by_id.keys()),
            partners_past=PartnersPast.load(connection, by_id.keys()),
            versions_past=versions,
            classes=handling.classes_by_id(connection, versions.class_ids),
        )

    def of_row(self, row: Disclosure, version_ids: Collection[int], tlp_ceiling: Tlp) -> dict[int, Decision]:
        """Give what was decided about versions of a row when it was written; empty for a row from before that was kept.

        Exact whatever was changed at the same instant: the row says which place of the order and which epoch its reader saw.
        """
        if row.position is None:
            return {}
        as_of = AsOf(row.disclosed_at, row.position, row.policy_epoch)
        partner = self.partners[row.partner_id]
        known = self.agreements.get(row.partner_id, ())
        agreement = next((one for one in known if one.version == row.agreement_version), None)
        groups = self.groups.get(row.partner_id, {})
        viewer = _viewer(partner, agreement, tlp_ceiling, _Then(self.partners_past, groups, as_of))
        then = {
            version_id: (one, _class_then(one, self.classes))
            for version_id, one in self.versions_past.as_of(version_ids, as_of).items()
        }
        return _decided(viewer, then, Asking(row.purpose, row.channel, tlp_ceiling), as_of)


def viewer_at(connection: Connection, partner: Partner, tlp_ceiling: Tlp, as_of: AsOf) -> Viewer:
    """Give a partner as decisions saw it then, under the agreement in force at that instant."""
    known = [one for one in agreements.agreements(connection, partner.partner_id) if one.created_at <= as_of.at]
    groups = sharing.reading_from(connection, partner.partner_id)
    then = _Then(PartnersPast.load(connection, [partner.partner_id]), groups, as_of)
    return _viewer(partner, agreement_in_force(known, as_of.at), tlp_ceiling, then)


@dataclass(frozen=True, slots=True)
class _Then:
    """What a partner's standing at a moment is put together of: its past, and the groups that it reads now."""

    past: PartnersPast
    groups: Mapping[str, int]
    as_of: AsOf


def _viewer(partner: Partner, agreement: Agreement | None, tlp_ceiling: Tlp, then: _Then) -> Viewer:
    return Viewer(
        partner_id=partner.partner_id,
        role=partner.role,
        jurisdiction=partner.jurisdiction,
        state=then.past.state(partner.partner_id, partner.state, then.as_of),
        agreement=agreement,
        tlp_ceiling=tlp_ceiling,
        groups=then.past.reading(partner.partner_id, then.groups, then.as_of),
        recall_overdue=then.past.was_late(partner.partner_id, then.as_of.at),
    )


def versions_at(
    connection: Connection, version_ids: Collection[int], as_of: AsOf
) -> dict[int, tuple[PastVersion, HandlingClass]]:
    """Give how these versions (row ids) stood then, each with the class that decided; those that are gone are left out."""
    past = VersionsPast.load(connection, version_ids)
    classes = handling.classes_by_id(connection, past.class_ids)
    return {version_id: (one, _class_then(one, classes)) for version_id, one in past.as_of(version_ids, as_of).items()}


def _decided(
    viewer: Viewer, then: Mapping[int, tuple[PastVersion, HandlingClass]], asking: Asking, as_of: AsOf
) -> dict[int, Decision]:
    decided: dict[HandlingClass, Decision] = {}
    found = {}
    for version_id, (one, asked) in then.items():
        if asked not in decided:
            decided[asked] = decide(viewer, asked, asking, as_of.at)
        found[version_id] = replace(decided[asked], is_out_of_time=_is_out_of_time(viewer, one, as_of.at))
    return found


def decide(viewer: Viewer, asked: HandlingClass, asking: Asking, now: datetime) -> Decision:
    """Give what the rule says to a viewer about a class; time is not looked at."""
    question = (viewer, asked, asking.purpose, asking.channel, now)
    ground, agreement = why_seen(*question), viewer.agreement_at(now)
    named = asked.shared_with.union(*(audience.groups for one in asked.own for audience in one.audiences))
    groups = frozenset(share.group_id for share in named if viewer.reads(share)) if ground is Ground.GROUP else frozenset()
    version = None if agreement is None else agreement.version
    return Decision(ground, why_hidden(*question), groups, version, is_out_of_time=False)


def _class_then(one: PastVersion, classes: Mapping[int, HandlingClass]) -> HandlingClass:
    return classes[one.class_id].narrowed_by([classes[each] for each in one.narrowing_class_ids])


def _is_out_of_time(viewer: Viewer, one: PastVersion, at: datetime) -> bool:
    is_out = one.is_out or one.owner_id == viewer.partner_id
    return one.received_at > at or one.visible_until <= at or not is_out
