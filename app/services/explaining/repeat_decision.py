"""Repeating a decision of the past exactly as it was: what somebody saw or would have seen then, on which ground, or why not.

Owns how the facts of then are put together again: states, agreements, groups and classes as they stood. The rule is today's code
(the baseline changes only with the program). Nothing is disclosed. Kept by ``tests/services/explaining/test_repeat_decision.py``
and, over random histories, by ``tests/promises/test_decisions_are_repeated.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from app.storage import agreements, handling, history, sharing
from app.storage.history import AsOf, PastVersion
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
    return _decided(connection, viewer_at(connection, partner, asking.tlp_ceiling, as_of), version_ids, asking, as_of)


def decisions_of_row(
    connection: Connection, partner: Partner, row: Disclosure, version_ids: Collection[int], tlp_ceiling: Tlp
) -> dict[int, Decision]:
    """Give what was decided about versions of a ledger row when it was written; empty for a row from before that was kept.

    Exact whatever was changed at the same instant: the row says which place of the order and which epoch its reader saw.
    """
    if row.position is None:
        return {}
    as_of = AsOf(row.disclosed_at, row.position, row.policy_epoch)
    asking = Asking(row.purpose, row.channel, tlp_ceiling)
    known = agreements.agreements(connection, partner.partner_id)
    agreement = next((one for one in known if one.version == row.agreement_version), None)
    viewer = _viewer(connection, partner, agreement, asking.tlp_ceiling, as_of)
    return _decided(connection, viewer, version_ids, asking, as_of)


def viewer_at(connection: Connection, partner: Partner, tlp_ceiling: Tlp, as_of: AsOf) -> Viewer:
    """Give a partner as decisions saw it then, under the agreement in force at that instant."""
    known = [one for one in agreements.agreements(connection, partner.partner_id) if one.created_at <= as_of.at]
    return _viewer(connection, partner, agreement_in_force(known, as_of.at), tlp_ceiling, as_of)


def _viewer(connection: Connection, partner: Partner, agreement: Agreement | None, tlp_ceiling: Tlp, as_of: AsOf) -> Viewer:
    return Viewer(
        partner_id=partner.partner_id,
        role=partner.role,
        jurisdiction=partner.jurisdiction,
        state=history.state_as_of(connection, partner.partner_id, partner.state, as_of),
        agreement=agreement,
        tlp_ceiling=tlp_ceiling,
        groups=history.reading_as_of(connection, partner.partner_id, sharing.reading_from(connection, partner.partner_id), as_of),
        recall_overdue=history.was_late(connection, partner.partner_id, as_of.at),
    )


def versions_at(
    connection: Connection, version_ids: Collection[int], as_of: AsOf
) -> dict[int, tuple[PastVersion, HandlingClass]]:
    """Give how these versions (row ids) stood then, each with the class that decided; those that are gone are left out."""
    versions = history.versions_as_of(connection, version_ids, as_of)
    needed = {one.class_id for one in versions.values()}.union(*(one.narrowing_class_ids for one in versions.values()))
    classes = handling.classes_by_id(connection, needed)
    return {version_id: (one, _class_then(one, classes)) for version_id, one in versions.items()}


def _decided(
    connection: Connection, viewer: Viewer, version_ids: Collection[int], asking: Asking, as_of: AsOf
) -> dict[int, Decision]:
    decided: dict[HandlingClass, Decision] = {}
    found = {}
    for version_id, (one, asked) in versions_at(connection, version_ids, as_of).items():
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
