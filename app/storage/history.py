"""What was so before it was changed in place: kept with each change, and read back as of a place of the order or an instant.

Owns both halves. What is decided on it is ``app/services/explaining/repeat_decision.py``'s. Rows say what stood *until* a
change: the first one after a moment tells what stood at it, and without one what stands now did. Kept by
``tests/storage/test_history.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, literal, or_, select

from app.domain.object_vocabulary import QUESTIONS
from app.domain.vocabulary import PartnerState
from app.storage.batches import batches
from app.storage.columns import Instant
from app.storage.counter import Moment
from app.storage.tables import (
    group_member,
    history_start,
    member_past,
    narrowed_past,
    narrowing,
    narrowing_member,
    notice,
    notice_addressee,
    object_version,
    partner,
    partner_past,
    policy_epoch,
    recall,
    version_past,
)

_ROOTS_APART = -1  # as in ``narrowings``: such members are not to be narrowed themselves


# --- keeping --------------------------------------------------------------------------------------------------------------------


def keep_versions(connection: Connection, version_ids: Collection[int], moment: Moment) -> None:
    """Keep how these versions stand, before they are changed at ``moment``."""
    ov = object_version.c
    stands = select(
        ov.version_id,
        literal(moment.position),
        ov.class_id,
        ov.visible_until,
        ov.position.is_not(None),
        literal(moment.at, Instant),
    )
    names = ["version_id", "position", "class_id", "visible_until", "is_out", "until"]
    for some in batches(sorted(version_ids)):
        connection.execute(insert(version_past).from_select(names, stands.where(ov.version_id.in_(some))))


def keep_pending(connection: Connection, narrowing_id: int, version_ids: Collection[int], moment: Moment) -> None:
    """Keep that these versions were to be narrowed, before that ends at ``moment``."""
    nm, n = narrowing_member.c, narrowing.c
    stands = (
        select(
            nm.version_id,
            nm.narrowing_id,
            n.class_id,
            nm.since,
            nm.since_at,
            literal(moment.position),
            literal(moment.at, Instant),
        )
        .join_from(narrowing_member, narrowing, nm.narrowing_id == n.narrowing_id)
        .where(nm.narrowing_id == narrowing_id, nm.depth != _ROOTS_APART, nm.since.is_not(None))
    )
    names = ["version_id", "narrowing_id", "class_id", "since", "since_at", "position", "until"]
    for some in batches(sorted(version_ids)):
        connection.execute(insert(narrowed_past).from_select(names, stands.where(nm.version_id.in_(some))))


def keep_state(connection: Connection, partner_id: str, now: datetime) -> None:
    """Keep a partner's state, before it is changed and an epoch begun for that."""
    state = select(partner.c.state).where(partner.c.partner_id == partner_id).scalar_subquery()
    values = {"partner_id": partner_id, "state": state, "epoch": _next_epoch(connection), "until": now}
    connection.execute(insert(partner_past).values(values))


def keep_member(connection: Connection, group_id: str, partner_id: str, now: datetime) -> None:
    """Keep what a partner may read in a group, before that is changed and an epoch begun for it."""
    gm = group_member.c
    this = select(gm.can_read, gm.from_generation).where(gm.group_id == group_id, gm.partner_id == partner_id)
    can_read, from_generation = connection.execute(this).one_or_none() or (False, 0)
    values = {"group_id": group_id, "partner_id": partner_id, "epoch": _next_epoch(connection), "until": now}
    connection.execute(insert(member_past).values(**values, can_read=can_read, from_generation=from_generation))


def _next_epoch(connection: Connection) -> int:
    newest: int = connection.execute(select(func.coalesce(func.max(policy_epoch.c.epoch), 0))).scalar_one()
    return newest + 1


# --- reading back ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment of the past: an instant, or more exactly a look that was recorded: the place it saw, and its policy epoch.

    By an instant alone, what was changed at that very instant counts as changed.
    """

    at: datetime
    position: int | None = None
    epoch: int | None = None

    def is_before_change_at_place(self, change: Any) -> bool:
        """Whether it is before a change that has a place in the order (``position``, ``until``)."""
        return bool(change.until > self.at if self.position is None else change.position > self.position)

    def is_before_change_in_epoch(self, change: Any) -> bool:
        """Whether it is before a change that began an epoch (``epoch``, ``until``)."""
        return bool(change.until > self.at if self.epoch is None else change.epoch > self.epoch)

    def is_after_begin(self, begun: Any) -> bool:
        """Whether what begins at a place (``since``, ``since_at``) had begun."""
        return bool(begun.since_at <= self.at if self.position is None else begun.since <= self.position)


def kept_since(connection: Connection) -> datetime | None:
    """Give from when on all changes are kept; None: from the first day."""
    since: datetime | None = connection.execute(select(func.max(history_start.c.since))).scalar_one()
    return since


@dataclass(frozen=True, slots=True)
class PastVersion:
    """How a version stood: in which class, seen until when, whether it was out, and by which classes it was to be narrowed."""

    version_id: int
    owner_id: str
    class_id: int
    visible_until: datetime
    is_out: bool
    received_at: datetime
    narrowing_class_ids: frozenset[int]


def stated_at(connection: Connection, stix_id: str, at: datetime) -> dict[str, int]:
    """Give the newest version (row id) that each owner stated under an id at an instant; a withdrawn one if none stood then.

    Its place in the feed may be some microseconds before it was received. What was erased since is gone: then an older one stands
    there, or none.
    """
    ov = object_version.c
    there = (ov.stix_id == stix_id, or_(ov.received_at <= at, ov.added_at <= at))
    stood = case((ov.withdrawn_at <= at, 0), else_=1)
    oldest_first = select(ov.owner_id, ov.version_id).where(*there).order_by(stood, ov.version_key)
    return {owner_id: version_id for owner_id, version_id in connection.execute(oldest_first)}  # noqa: C416  # no pairs to mypy


def versions_as_of(connection: Connection, version_ids: Collection[int], as_of: AsOf) -> dict[int, PastVersion]:
    """Give how these versions stood, by row id; those that are gone (or never were) are left out."""
    return VersionsPast.load(connection, version_ids).as_of(version_ids, as_of)


@dataclass(frozen=True, slots=True)
class VersionsPast:
    """How versions stand and how they stood before, read at once for any number of moments.

    ``changes`` are in the order of their places; ``pending`` are the classes by which each was to be narrowed, with when that
    ended (None: it did not).
    """

    stands: Mapping[int, Any]
    changes: Mapping[int, Sequence[Any]]
    pending: Mapping[int, Sequence[tuple[Any, Any | None]]]

    @classmethod
    def load(cls, connection: Connection, version_ids: Collection[int]) -> VersionsPast:
        """Read these versions (row ids), by four statements for each few thousand of them."""
        ov, vp, nm, n, past = object_version.c, version_past.c, narrowing_member.c, narrowing.c, narrowed_past.c
        now = select(
            ov.version_id, ov.owner_id, ov.class_id, ov.visible_until, ov.position.is_not(None).label("is_out"), ov.received_at
        )
        before = select(vp.version_id, vp.class_id, vp.visible_until, vp.is_out, vp.position, vp.until).order_by(vp.position)
        still = (
            select(nm.version_id, n.class_id, nm.since, nm.since_at)
            .join_from(narrowing_member, narrowing, nm.narrowing_id == n.narrowing_id)
            .where(nm.depth != _ROOTS_APART, nm.since.is_not(None))
        )
        ended = select(past.version_id, past.class_id, past.since, past.since_at, past.position, past.until)
        stands: dict[int, Any] = {}
        changes: dict[int, list[Any]] = defaultdict(list)
        pending: dict[int, list[tuple[Any, Any | None]]] = defaultdict(list)
        for some in batches(sorted(version_ids)):
            stands |= {row.version_id: row for row in connection.execute(now.where(ov.version_id.in_(some)))}
            for row in connection.execute(before.where(vp.version_id.in_(some))):
                changes[row.version_id].append(row)
            for begun in connection.execute(still.where(nm.version_id.in_(some))):
                pending[begun.version_id].append((begun, None))
            for gone in connection.execute(ended.where(past.version_id.in_(some))):
                pending[gone.version_id].append((gone, gone))
        return cls(stands, changes, pending)

    @property
    def class_ids(self) -> set[int]:
        """Give every class that is in it."""
        changed = {row.class_id for rows in self.changes.values() for row in rows}
        narrowed = {row.class_id for rows in self.pending.values() for row, _ in rows}
        return {row.class_id for row in self.stands.values()} | changed | narrowed

    def as_of(self, version_ids: Collection[int], as_of: AsOf) -> dict[int, PastVersion]:
        """Give how these of the versions stood, by row id; those that are gone are left out."""
        return {one: self._as_of(self.stands[one], as_of) for one in version_ids if one in self.stands}

    def _as_of(self, now: Any, as_of: AsOf) -> PastVersion:
        stood = next((one for one in self.changes.get(now.version_id, ()) if as_of.is_before_change_at_place(one)), now)
        pending = {
            row.class_id
            for row, end in self.pending.get(now.version_id, ())
            if as_of.is_after_begin(row) and (end is None or as_of.is_before_change_at_place(end))
        }
        return PastVersion(
            version_id=now.version_id,
            owner_id=now.owner_id,
            class_id=stood.class_id,
            visible_until=stood.visible_until,
            is_out=bool(stood.is_out),
            received_at=now.received_at,
            narrowing_class_ids=frozenset(pending),
        )


@dataclass(frozen=True, slots=True)
class PartnersPast:
    """In which states partners were, what they read in groups, and when they were late, read at once for many moments."""

    states: Mapping[str, Sequence[Any]]
    members: Mapping[str, Sequence[Any]]
    late: Mapping[str, Sequence[Any]]

    @classmethod
    def load(cls, connection: Connection, partner_ids: Collection[str]) -> PartnersPast:
        """Read these partners, by three statements."""
        pp, mp, na = partner_past.c, member_past.c, notice_addressee.c
        asked = sorted(partner_ids)
        states = (
            select(pp.partner_id, pp.state, pp.epoch, pp.until).where(pp.partner_id.in_(asked)).order_by(pp.epoch, pp.change_id)
        )
        members = (
            select(mp.partner_id, mp.group_id, mp.can_read, mp.from_generation, mp.epoch, mp.until)
            .where(mp.partner_id.in_(asked))
            .order_by(mp.epoch.desc(), mp.change_id.desc())
        )
        late = (
            select(na.partner_id, na.due_at, na.answered_at)
            .distinct()
            .join_from(notice_addressee, notice, na.version_id == notice.c.version_id)
            .join(recall, recall.c.recall_id == notice.c.recall_id)
            # What was answered in time never made anybody late.
            .where(na.partner_id.in_(asked), na.due_at.is_not(None), or_(na.answered_at.is_(None), na.answered_at > na.due_at))
            .where(*(recall.c.kind != one.value for one in sorted(QUESTIONS)))
        )
        return cls(*(_by_partner(connection.execute(one)) for one in (states, members, late)))

    def state(self, partner_id: str, state_now: PartnerState, as_of: AsOf) -> PartnerState:
        """Give the state a partner was in; ``state_now`` is the one it is in now."""
        stood = next((one.state for one in self.states.get(partner_id, ()) if as_of.is_before_change_in_epoch(one)), None)
        return state_now if stood is None else PartnerState(stood)

    def reading(self, partner_id: str, reading_now: Mapping[str, int], as_of: AsOf) -> dict[str, int]:
        """Give the groups that a partner read, each with the generation from which on; ``reading_now`` are those it reads now."""
        read = dict(reading_now)
        for one in self.members.get(partner_id, ()):
            if as_of.is_before_change_in_epoch(one):
                read.pop(one.group_id, None)
                if one.can_read:
                    read[one.group_id] = one.from_generation
        return read

    def was_late(self, partner_id: str, at: datetime) -> bool:
        """Whether a partner had by then not answered what is called back from it for good, and should have (as ``first_due``)."""
        return any(
            one.due_at <= at and (one.answered_at is None or one.answered_at > at) for one in self.late.get(partner_id, ())
        )


def _by_partner(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.partner_id].append(row)
    return found
