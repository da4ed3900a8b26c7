"""What goes when versions are erased, and what is remembered of them.

Owns the statements: the content at once, and the row of a version with all that names it when nothing needs it any more. The
leaf in the log stays, whose salt goes with the row: it shows that something was there, and nothing of what. Whose versions they
are, and that the order lock is held, is the caller's. Kept by ``tests/storage/test_erasures.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select, update

from app.domain.erasure import ErasedVersion, ErasureReason
from app.domain.object_vocabulary import RecallOutcome
from app.storage.batches import batches
from app.storage.many_rows import add_rows
from app.storage.tables import (
    contest,
    erased_version,
    feed_entry,
    group_posting,
    log_leaf,
    narrowed_by,
    narrowing_member,
    notice,
    notice_addressee,
    notice_answer,
    notice_outcome,
    object_attestation,
    object_content,
    object_facet,
    object_ref,
    object_text,
    object_version,
    recall,
    recall_delivery,
    recall_version,
    restricted_version,
    restriction,
)
from app.storage.withdrawals import OVER

# The content goes first: whoever looks through contents for words holds it until the words are there.
_OF_A_READER = (object_content, object_attestation, object_ref, object_text)
_OF_A_ROW = (object_facet, narrowed_by, narrowing_member, feed_entry, group_posting, restricted_version, object_version)


@dataclass(frozen=True, slots=True)
class Names:
    """What names erased versions while their rows are there: their ids by owner, and the indexes of their leaves."""

    stix_ids: dict[str, set[str]]
    log_indexes: frozenset[int]
    first_received_at: datetime

    @property
    def all_ids(self) -> frozenset[str]:
        """Give all ids, whoever's they are."""
        return frozenset().union(*self.stix_ids.values())


def names_of(connection: Connection, version_ids: Collection[int]) -> Names | None:
    """Give what names these versions; None if none of their rows is there any more."""
    ov, owned, indexes, times = object_version.c, defaultdict[str, set[str]](set), set[int](), list[datetime]()
    for some in batches(sorted(version_ids)):
        asked = select(ov.owner_id, ov.stix_id, ov.log_index, ov.received_at).where(ov.version_id.in_(some))
        for owner_id, stix_id, log_index, received_at in connection.execute(asked):
            owned[owner_id].add(stix_id)
            indexes.add(log_index)
            times.append(received_at)
    return Names(dict(owned), frozenset(indexes), min(times)) if times else None


def still_stated(connection: Connection, owner_id: str, stix_ids: Collection[str]) -> frozenset[str]:
    """Give those of these ids under which an owner still has a version."""
    ov, found = object_version.c, set[str]()
    for some in batches(sorted(stix_ids)):
        asked = select(ov.stix_id).where(ov.owner_id == owner_id, ov.stix_id.in_(some)).distinct()
        found.update(connection.execute(asked).scalars())
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """What an erasure and its journal need of a stored version: its numbers, whose it is, when it came, and its leaf's hash.

    The hash is over a salt that goes with the version: it tells an old copy of the row from another
    one, and nobody anything else.
    """

    version_id: int
    log_index: int
    owner_id: str
    received_at: datetime
    leaf_hash: bytes


def stored_leaves(connection: Connection, version_ids: Collection[int]) -> list[StoredLeaf]:
    """Give these facts of those of these versions that are stored, in the order of their rows."""
    ov = object_version.c
    statement = select(ov.version_id, ov.log_index, ov.owner_id, ov.received_at, log_leaf.c.leaf_hash).join(
        log_leaf, log_leaf.c.log_index == ov.log_index
    )
    found: list[StoredLeaf] = []
    for some in batches(sorted(version_ids)):
        rows = connection.execute(statement.where(ov.version_id.in_(some)).order_by(ov.version_id))
        found += [StoredLeaf(*row[:4], bytes(row.leaf_hash)) for row in rows]
    return found


def drop_contents(connection: Connection, version_ids: Collection[int]) -> None:
    """Take away what readers were given of these versions: content, attestation, and what they refer to.

    From here on nobody sees them, withdrawn or not.
    """
    for some in batches(sorted(version_ids)):
        for table in _OF_A_READER:
            connection.execute(delete(table).where(table.c.version_id.in_(some)))
        ended = update(object_version).where(object_version.c.version_id.in_(some))
        connection.execute(ended.values(visible_until=OVER))


def drop_versions(connection: Connection, version_ids: Collection[int], now: datetime) -> None:
    """Take the rows of versions away whose content went before; only what ``add_erased`` wrote stays. Order lock held.

    The newest of their ids are to be settled before (``withdrawals.settle_heads``).
    """
    for some in batches(sorted(version_ids)):
        for table in _OF_A_ROW:
            connection.execute(delete(table).where(table.c.version_id.in_(some)))
        # Answers to a notice name what it called back; what was answered stays, version by version.
        connection.execute(update(notice_answer).where(notice_answer.c.version_id.in_(some)).values(envelope=None))
        ev = erased_version.c
        unfinished_ones = update(erased_version).where(ev.version_id.in_(some), ev.finished_at.is_(None))
        connection.execute(unfinished_ones.values(finished_at=now))


def forget_dependence(connection: Connection, owner_id: str, stix_ids: Collection[str]) -> None:
    """Take ids of which an owner has no version any more out of what others were narrowed by, and of what is restricted.

    What is contested keeps them while anybody states them.
    """
    nb, rs = narrowed_by.c, restriction.c
    for some in batches(sorted(stix_ids)):
        connection.execute(delete(narrowed_by).where(nb.owner_id == owner_id, nb.stix_id.in_(some)))
        connection.execute(delete(restriction).where(rs.owner_id == owner_id, rs.stix_id.in_(some)))
        is_stated = exists(select(object_version.c.version_id).where(object_version.c.stix_id == contest.c.stix_id))
        connection.execute(update(contest).where(contest.c.stix_id.in_(some), ~is_stated).values(stix_id=None))


# --- what recalls still need ----------------------------------------------------------------------------------------------------


LONGER_FOR_ANSWERS = timedelta(days=275)
"""So much longer names are kept for a recall that somebody has not answered, or holds some of."""


def is_open(settled_before: datetime) -> ColumnElement[bool]:
    """A recall is open until its notices are out, everybody has answered, and nobody holds any of it; but not for ever.

    Who has not, or says later that it deleted it, names it by its id. Notices from before answers were asked for need none.
    """
    rc, nt, rd = recall.c, notice.c, recall_delivery.c
    unasked = select(rd.recall_id).outerjoin(notice, nt.version_id == rd.version_id)
    is_unasked = exists(unasked.where(rd.recall_id == rc.recall_id, nt.version_id.is_(None)))
    waits = (rc.recalled_at >= settled_before - LONGER_FOR_ANSWERS) & or_(_is_waited_for(), _is_held())
    return or_(rc.notified_at.is_(None), (rc.recalled_at >= settled_before) & is_unasked, waits)


def needed_by_recalls(connection: Connection, version_ids: Collection[int], settled_before: datetime) -> frozenset[int]:
    """Give those of these versions that an open recall called back, or that are notices of one.

    Without answers to wait for, a recall is settled when it was made before ``settled_before``.
    """
    rv, rd, rc, found = recall_version.c, recall_delivery.c, recall.c, set[int]()
    for some in batches(sorted(version_ids)):
        for of_recall in (rv, rd):
            asked = select(of_recall.version_id).join(recall, rc.recall_id == of_recall.recall_id)
            open_ = asked.where(of_recall.version_id.in_(some), is_open(settled_before))
            found.update(connection.execute(open_).scalars())
    return frozenset(found)


def notices_about(connection: Connection, version_ids: Collection[int], settled_before: datetime) -> list[int]:
    """List the notices (row ids) of settled recalls that called any of these versions back, and that were not erased yet."""
    rv, rd, rc, ev = recall_version.c, recall_delivery.c, recall.c, erased_version.c
    is_erased = exists(select(ev.version_id).where(ev.version_id == rd.version_id))
    found: set[int] = set()
    for some in batches(sorted(version_ids)):
        recalled = select(rv.recall_id).join(recall, rc.recall_id == rv.recall_id)
        settled = recalled.where(rv.version_id.in_(some), ~is_open(settled_before))
        notices = select(rd.version_id).where(rd.recall_id.in_(settled), ~is_erased).distinct()
        found.update(connection.execute(notices).scalars())
    return sorted(found)


def _is_waited_for() -> ColumnElement[bool]:
    na, nt = notice_addressee.c, notice.c
    waiting = select(na.version_id).join(notice, nt.version_id == na.version_id)
    return exists(waiting.where(nt.recall_id == recall.c.recall_id, na.answered_at.is_(None)))


def _is_held() -> ColumnElement[bool]:
    no, nt = notice_outcome.c, notice.c
    held = select(no.version_id).join(notice, nt.version_id == no.version_id)
    return exists(held.where(nt.recall_id == recall.c.recall_id, no.outcome == RecallOutcome.HELD.value))


# --- what is remembered ---------------------------------------------------------------------------------------------------------


def add_erased(connection: Connection, rows: Sequence[ErasedVersion]) -> None:
    """Remember versions that are being erased."""
    add_rows(connection, erased_version, [asdict(row) for row in rows])


def log_erased(connection: Connection, version_ids: Collection[int], log_index: int) -> None:
    """Keep in which leaf the erasure of these versions is recorded."""
    for some in batches(sorted(version_ids)):
        this = update(erased_version).where(erased_version.c.version_id.in_(some))
        connection.execute(this.values(logged_in=log_index))


def erased_among(connection: Connection, version_ids: Collection[int]) -> dict[int, ErasedVersion]:
    """Give what is remembered of those of these versions that were erased."""
    found: dict[int, ErasedVersion] = {}
    for some in batches(sorted(version_ids)):
        rows = connection.execute(select(erased_version).where(erased_version.c.version_id.in_(some)))
        found |= {row.version_id: _erased(row) for row in rows}
    return found


def unfinished(connection: Connection, after: int, limit: int) -> list[ErasedVersion]:
    """List erased versions above a row id whose erasure is logged and whose row is still there, so many at most."""
    ev = erased_version.c
    statement = select(erased_version).where(ev.finished_at.is_(None), ev.logged_in.is_not(None), ev.version_id > after)
    return [_erased(row) for row in connection.execute(statement.order_by(ev.version_id).limit(limit))]


def unlogged(connection: Connection, limit: int) -> list[ErasedVersion]:
    """List versions whose erasure is still to be logged, so many at most."""
    ev = erased_version.c
    statement = select(erased_version).where(ev.logged_in.is_(None)).order_by(ev.version_id)
    return [_erased(row) for row in connection.execute(statement.limit(limit))]


def all_erased(connection: Connection, after: int, limit: int) -> list[tuple[ErasedVersion, bytes]]:
    """List what is remembered of erased versions above a row id, so many at most, each with the hash of its leaf."""
    ev = erased_version.c
    statement = select(erased_version, log_leaf.c.leaf_hash).join(log_leaf, log_leaf.c.log_index == ev.log_index)
    rows = connection.execute(statement.where(ev.version_id > after).order_by(ev.version_id).limit(limit))
    return [(_erased(row), bytes(row.leaf_hash)) for row in rows]


def erased_between(connection: Connection, first: int, beyond: int) -> dict[int, ErasedVersion]:
    """Give what is remembered of erased versions whose leaves have these indexes, by index."""
    ev = erased_version.c
    rows = connection.execute(select(erased_version).where(ev.log_index >= first, ev.log_index < beyond))
    return {row.log_index: _erased(row) for row in rows}


def are_erased(connection: Connection, log_indexes: Collection[int]) -> bool:
    """Whether the versions of all these leaves were erased."""
    ev = erased_version.c
    found = 0
    for some in batches(sorted(set(log_indexes))):
        found += connection.execute(select(func.count()).where(ev.log_index.in_(some))).scalar_one()
    return found == len(set(log_indexes))


def erased_owners(connection: Connection, first: int, beyond: int) -> dict[int, str]:
    """Give whose the erased versions with these row ids were."""
    ev = erased_version.c
    rows = connection.execute(select(ev.version_id, ev.owner_id).where(ev.version_id >= first, ev.version_id < beyond))
    return dict(rows.all())


_NAMES = [one.name for one in fields(ErasedVersion)]


def _erased(row: Any) -> ErasedVersion:
    values = {name: getattr(row, name) for name in _NAMES}
    return ErasedVersion(**values | {"reason": ErasureReason(row.reason)})
