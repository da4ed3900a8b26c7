"""What was so before it was changed in place: kept with each change, and read back as of a place of the order or an instant.

Owns both halves. What is decided on it is ``app/services/explaining/repeat_decision.py``'s. Rows say what stood *until* a
change: the first one after a moment tells what stood at it, and without one what stands now did. Kept by
``tests/storage/test_history.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, func, insert, literal, or_, select

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

    def before(self, table: Table) -> Any:
        """Give the condition on rows of what still stood then."""
        if self.position is not None and "position" in table.c:
            return table.c.position > self.position
        if self.epoch is not None and "epoch" in table.c:
            return table.c.epoch > self.epoch
        return table.c.until > self.at


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
    ov = object_version.c
    now = select(ov.version_id, ov.owner_id, ov.class_id, ov.visible_until, ov.position.is_not(None), ov.received_at)
    found: dict[int, PastVersion] = {}
    for some in batches(sorted(version_ids)):
        pending = _pending(connection, some, as_of)
        past = _first_after(connection, some, as_of)
        for version_id, owner_id, class_id, visible_until, is_out, received_at in connection.execute(
            now.where(ov.version_id.in_(some))
        ):
            stood = past.get(version_id, (class_id, visible_until, is_out))
            found[version_id] = PastVersion(
                version_id, owner_id, stood[0], stood[1], bool(stood[2]), received_at, frozenset(pending[version_id])
            )
    return found


def _first_after(connection: Connection, version_ids: Collection[int], as_of: AsOf) -> dict[int, tuple[int, datetime, bool]]:
    vp = version_past.c
    rows = select(vp.version_id, vp.class_id, vp.visible_until, vp.is_out).where(vp.version_id.in_(version_ids))
    latest_first = rows.where(as_of.before(version_past)).order_by(vp.position.desc())
    return {version_id: tuple(stood) for version_id, *stood in connection.execute(latest_first)}


def _pending(connection: Connection, version_ids: Collection[int], as_of: AsOf) -> dict[int, set[int]]:
    nm, n, past = narrowing_member.c, narrowing.c, narrowed_past.c
    begun = nm.since <= as_of.position if as_of.position is not None else nm.since_at <= as_of.at
    still = (
        select(nm.version_id, n.class_id)
        .join_from(narrowing_member, narrowing, nm.narrowing_id == n.narrowing_id)
        .where(nm.version_id.in_(version_ids), nm.depth != _ROOTS_APART, begun)
    )
    had_begun = past.since <= as_of.position if as_of.position is not None else past.since_at <= as_of.at
    ended = select(past.version_id, past.class_id).where(past.version_id.in_(version_ids), had_begun, as_of.before(narrowed_past))
    found: dict[int, set[int]] = defaultdict(set)
    for statement in (still, ended):
        for version_id, class_id in connection.execute(statement):
            found[version_id].add(class_id)
    return found


def state_as_of(connection: Connection, partner_id: str, state_now: PartnerState, as_of: AsOf) -> PartnerState:
    """Give the state a partner was in; ``state_now`` is the one it is in now."""
    pp = partner_past.c
    first = select(pp.state).where(pp.partner_id == partner_id, as_of.before(partner_past))
    stood = connection.execute(first.order_by(pp.epoch, pp.change_id).limit(1)).scalar_one_or_none()
    return state_now if stood is None else PartnerState(stood)


def reading_as_of(connection: Connection, partner_id: str, reading_now: Mapping[str, int], as_of: AsOf) -> dict[str, int]:
    """Give the groups that a partner read, each with the generation from which on; ``reading_now`` are those it reads now."""
    mp = member_past.c
    rows = select(mp.group_id, mp.can_read, mp.from_generation).where(mp.partner_id == partner_id, as_of.before(member_past))
    read = dict(reading_now)
    for group_id, can_read, from_generation in connection.execute(rows.order_by(mp.epoch.desc(), mp.change_id.desc())):
        read.pop(group_id, None)
        if can_read:
            read[group_id] = from_generation
    return read


def was_late(connection: Connection, partner_id: str, at: datetime) -> bool:
    """Whether a partner had by then not answered what is called back from it for good, and should have (as ``first_due``)."""
    na, late = notice_addressee.c, bindparam("at", at, Instant)
    unanswered = (
        select(na.version_id)
        .join_from(notice_addressee, notice, na.version_id == notice.c.version_id)
        .join(recall, recall.c.recall_id == notice.c.recall_id)
        .where(na.partner_id == partner_id, na.due_at <= late, or_(na.answered_at.is_(None), na.answered_at > late))
        .where(*(recall.c.kind != one.value for one in sorted(QUESTIONS)))
    )
    return connection.execute(unanswered.limit(1)).first() is not None
