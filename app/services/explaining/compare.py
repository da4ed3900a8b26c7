"""Comparing: what changes for whom, with what is stored now, if a partner's agreement becomes another.

Owns counting it; which terms differ, and which way, is ``policy.agreement_changes``'s. Nothing is written and
no object named. Kept by ``tests/services/explaining/test_compare.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from app.domain.agreement import Agreement
from app.domain.errors import NotFoundError
from app.domain.handling import HandlingClass
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Harm, Profile, Purpose, Sensitivity, Tlp
from app.policy.agreement_changes import Change, changes
from app.policy.submission import SubmissionClause, why_refused
from app.policy.viewer import Viewer
from app.policy.visibility import why_hidden
from app.services.authenticate import require
from app.services.exchange import Exchange
from app.services.membership.agreement_documents import agreed_version
from app.services.membership.change_policy import NewAgreement
from app.services.reading.visible_set import viewer_of
from app.storage import explanations, handling, members

Way = tuple[Purpose, Channel]


@unique
class Outcome(StrEnum):
    """What becomes of what others publish: seen in some way after and in none before, or the other way round.

    Seen before and after, for more or for fewer purposes and channels, is ``more-ways`` or ``fewer-ways``; it can be both.
    """

    GAINED = "gained"
    LOST = "lost"
    MORE_WAYS = "more-ways"
    FEWER_WAYS = "fewer-ways"


@dataclass(frozen=True, slots=True)
class Kind:
    """What objects are counted together: one publisher's, of one sensitivity, about these harms, of which the same becomes."""

    publisher_id: str
    sensitivity: Sensitivity
    harm_types: frozenset[Harm]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Counted:
    """How many versions, and in how many handling classes."""

    versions: int
    classes: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a new version of an agreement would change from ``at`` on; ``before`` None: nothing is in force then without it.

    ``seen`` is what changes of what others publish, ``names`` are those of its publishers. ``refused``: versions of the
    partner's own, as they stand, that it could submit before and not after; by the clause.
    """

    partner_id: str
    at: datetime
    before: int | None
    terms: tuple[Change, ...]
    seen: Mapping[Kind, Counted]
    names: Mapping[str, str]
    refused: Mapping[SubmissionClause, int]


def compare(exchange: Exchange, principal: Principal, new: NewAgreement) -> Comparison:
    """Say what would change for the partner if ``new`` were its next agreement, from its start on, as things stand now.

    Raises:
        ForbiddenError: the caller does not make agreements.
        NotFoundError: there is no such partner.
    """
    require(principal, Permission.AGREEMENTS_WRITE)
    now = exchange.clock()
    at = max(now, new.starts_at or now)
    with exchange.database.read() as connection:
        partner = members.partner_by_id(connection, new.partner_id)
        if partner is None:
            raise NotFoundError
        before = viewer_of(connection, partner, Tlp.RED, at)
        proposed = _as_agreement(new, before.agreement, at)
        after = replace(before, agreement=proposed)
        counts = explanations.versions_in_classes(connection, at)
        classes = handling.classes_by_id(connection, counts)
        names = {one.partner_id: one.name for one in members.partners(connection)}
    change = _Change(before, after, at)
    sizes = [(classes[one], count) for one, count in counts.items()]
    seen = _seen(change, sizes)
    return Comparison(
        partner_id=new.partner_id,
        at=at,
        before=before.agreement.version if before.agreement else None,
        terms=changes(before.agreement, proposed),
        seen=seen,
        names={kind.publisher_id: names[kind.publisher_id] for kind in seen},
        refused=_refused(change, sizes),
    )


def compare_proposed(exchange: Exchange, principal: Principal, document: Mapping[str, Any]) -> Comparison:
    """Say the same of a version that was proposed, by the proposal's document (trusted: it was kept as proposed).

    Raises as ``compare``.
    """
    said = agreed_version(document, exchange.clock(), "")
    given = {field.name: getattr(said, field.name) for field in fields(NewAgreement)}
    return compare(exchange, principal, NewAgreement(**given))


@dataclass(frozen=True, slots=True)
class _Change:
    """The partner under the one agreement and under the other, as of one instant."""

    before: Viewer
    after: Viewer
    at: datetime

    @property
    def reads_the_same(self) -> bool:
        """Whether both agreements let the partner read the same: then no class needs to be asked about."""
        before, after = self.before.agreement, self.after.agreement
        return before is not None and after is not None and before.read == after.read

    def outcomes(self, handling_class: HandlingClass) -> Iterable[Outcome]:
        """Say what becomes of a class; nothing where it is seen in the same ways."""
        before, after = _ways(self.before, handling_class, self.at), _ways(self.after, handling_class, self.at)
        if after - before:
            yield Outcome.MORE_WAYS if before else Outcome.GAINED
        if before - after:
            yield Outcome.FEWER_WAYS if after else Outcome.LOST


def _ways(viewer: Viewer, handling_class: HandlingClass, at: datetime) -> frozenset[Way]:
    if viewer.agreement is None:
        return frozenset()
    asked = ((purpose, channel) for purpose in viewer.agreement.read.purposes for channel in viewer.agreement.read.channels)
    return frozenset(way for way in asked if why_hidden(viewer, handling_class, *way, at) is None)


def _as_agreement(new: NewAgreement, before: Agreement | None, at: datetime) -> Agreement:
    return Agreement(
        partner_id=new.partner_id,
        version=(before.version if before else 0) + 1,
        starts_at=new.starts_at or at,
        ends_at=new.ends_at,
        read=new.read,
        write=new.write,
        default_handling=new.default_handling,
        created_at=at,
        created_by="",
        recall=new.recall,
        is_listed=new.is_listed,
    )


def _seen(change: _Change, sizes: Iterable[tuple[HandlingClass, int]]) -> dict[Kind, Counted]:
    versions: Counter[Kind] = Counter()
    classes: Counter[Kind] = Counter()
    if change.reads_the_same:
        return {}
    for handling_class, count in sizes:
        if handling_class.owner_id == change.before.partner_id:
            continue
        for outcome in change.outcomes(handling_class):
            kind = _kind(handling_class, outcome)
            versions[kind] += count
            classes[kind] += 1
    return {kind: Counted(versions[kind], classes[kind]) for kind in sorted(versions, key=repr)}


def _kind(handling_class: HandlingClass, outcome: Outcome) -> Kind:
    own = handling_class.own
    sensitivity = max((one.sensitivity for one in own), key=lambda one: one.rank)
    return Kind(handling_class.owner_id, sensitivity, frozenset().union(*(one.harm_types for one in own)), outcome)


def _refused(change: _Change, sizes: Iterable[tuple[HandlingClass, int]]) -> dict[SubmissionClause, int]:
    found: Counter[SubmissionClause] = Counter()
    for handling_class, count in sizes:
        if handling_class.owner_id == change.before.partner_id and _why_refused(change.before, handling_class, change.at) is None:
            clause = _why_refused(change.after, handling_class, change.at)
            if clause is not None:
                found[clause] += count
    return dict(found)


def _why_refused(viewer: Viewer, handling_class: HandlingClass, at: datetime) -> SubmissionClause | None:
    """Give why something with one of a class's own handlings could not be submitted, by any profile of the agreement."""
    profiles = sorted(viewer.agreement.write.profiles if viewer.agreement else ()) or [Profile.OCSEA]
    for stated in sorted(handling_class.own, key=repr):
        refusals = [why_refused(viewer, stated, profile, at) for profile in profiles]
        if None not in refusals:
            return next(one.clause for one in refusals if one is not None)
    return None
