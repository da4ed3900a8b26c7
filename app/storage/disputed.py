"""Disputes that stand, and which calls about them went out.

A dispute stands while the newest version of its opinion is neither revoked nor withdrawn nor over. What it is about are the
statements that its giver saw (``narrowed_by``). Kept by ``tests/storage/test_disputed.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from app.domain.feedback import FEEDBACK
from app.domain.object_vocabulary import FeedbackKind, RecallKind
from app.storage.batches import batches
from app.storage.objects import STORED, StoredVersion
from app.storage.tables import (
    narrowed_by,
    notice,
    object_facet,
    object_head,
    object_version,
    recall,
    recall_delivery,
    recall_version,
)

Statement = tuple[str, str]
"""The owner and the id of what is disputed."""


def _is_dispute(version_id: ColumnElement[int]) -> ColumnElement[bool]:
    of = object_facet.c
    return and_(of.version_id == version_id, of.kind == FEEDBACK, of.value == FeedbackKind.DISPUTE.value)


def _stands(now: datetime) -> ColumnElement[bool]:
    ov = object_version.c
    return and_(~ov.is_revoked, ov.withdrawn_at.is_(None), ov.visible_until > now, ov.position.is_not(None))


def giver_of(connection: Connection, version_id: int | None) -> str | None:
    """Give whose a dispute (row id) is; None: it is not there any more."""
    asked = select(object_version.c.owner_id).where(object_version.c.version_id == version_id)
    return connection.execute(asked).scalar_one_or_none()


def count_since(connection: Connection, giver_id: str, since: datetime) -> int:
    """Count what a partner disputed from a moment on: each statement of a dispute, and one where a dispute is about nothing."""
    ov, nb = object_version.c, narrowed_by.c
    statement = select(func.count()).select_from(object_version).join(object_facet, _is_dispute(ov.version_id))
    statement = statement.outerjoin(narrowed_by, and_(nb.version_id == ov.version_id, nb.owner_id != ov.owner_id))
    statement = statement.where(ov.owner_id == giver_id, ov.received_at >= since)
    return int(connection.execute(statement).scalar_one())


@dataclass(frozen=True, slots=True)
class Disputed:
    """A statement that is disputed, since when; ``giver_ids`` is nothing for readers, who may not see each of them."""

    owner_id: str
    stix_id: str
    since: datetime
    giver_ids: frozenset[str]


def standing(connection: Connection, stix_ids: Collection[str], now: datetime) -> dict[Statement, Disputed]:
    """Give which statements under these ids are disputed now, whoever sees the disputes."""
    ov, nb, found = object_version.c, narrowed_by.c, defaultdict[Statement, list[tuple[datetime, str]]](list)
    statement = (
        select(nb.owner_id, nb.stix_id, ov.owner_id.label("giver_id"), ov.received_at)
        .join_from(narrowed_by, object_version, ov.version_id == nb.version_id)
        .join(object_head, object_head.c.version_id == ov.version_id)
        .join(object_facet, _is_dispute(ov.version_id))
        .where(_stands(now), ov.owner_id != nb.owner_id)
    )
    for some in batches(sorted(stix_ids)):
        for owner_id, stix_id, giver_id, since in connection.execute(statement.where(nb.stix_id.in_(some))):
            found[owner_id, stix_id].append((since, giver_id))
    return {
        stated: Disputed(*stated, min(since for since, _ in each), frozenset(giver for _, giver in each))
        for stated, each in found.items()
    }


def called_about(connection: Connection, owner_id: str, stix_id: str) -> bool:
    """Say whether those who were given a statement are told already that it is disputed."""
    rc, ov = recall.c, object_version.c
    called = (
        select(rc.recall_id)
        .join_from(recall, recall_version, recall_version.c.recall_id == rc.recall_id)
        .join(object_version, ov.version_id == recall_version.c.version_id)
        .where(rc.kind == RecallKind.DISPUTE.value, rc.ended_at.is_(None), ov.owner_id == owner_id, ov.stix_id == stix_id)
    )
    return connection.execute(called.limit(1)).first() is not None


def open_calls(connection: Connection, version_ids: Collection[int]) -> list[int]:
    """List the calls (numbers of recalls) about what these versions (rows of disputes) are about that have not ended."""
    rc, ov, nb, found = recall.c, object_version.c, narrowed_by.c, set[int]()
    asked = (
        select(rc.recall_id)
        .join_from(recall, recall_version, recall_version.c.recall_id == rc.recall_id)
        .join(object_version, ov.version_id == recall_version.c.version_id)
        .join(narrowed_by, and_(nb.owner_id == ov.owner_id, nb.stix_id == ov.stix_id))
        .where(rc.kind == RecallKind.DISPUTE.value, rc.ended_at.is_(None))
    )
    for some in batches(sorted(version_ids)):
        found.update(connection.execute(asked.where(nb.version_id.in_(some)).distinct()).scalars())
    return sorted(found)


def is_called_for(connection: Connection, recall_id: int, now: datetime) -> bool:
    """Say whether anything that a call is about is there and disputed still."""
    ov, rv = object_version.c, recall_version.c
    about = select(ov.owner_id, ov.stix_id).join_from(recall_version, object_version, ov.version_id == rv.version_id)
    about = about.where(rv.recall_id == recall_id, ov.withdrawn_at.is_(None)).distinct()
    stated = {(owner_id, stix_id) for owner_id, stix_id in connection.execute(about)}
    return not stated.isdisjoint(standing(connection, {stix_id for _, stix_id in stated}, now))


def keep_ended(connection: Connection, recall_id: int, now: datetime) -> None:
    """Keep that a call has ended, since nobody disputes any more what it is about."""
    connection.execute(update(recall).where(recall.c.recall_id == recall_id).values(ended_at=now))


def notices_of(connection: Connection, recall_id: int) -> list[StoredVersion]:
    """List the notices of a call, which are its publisher's rows."""
    statement = select(*STORED).join(notice, notice.c.version_id == object_version.c.version_id)
    return [StoredVersion(*row) for row in connection.execute(statement.where(notice.c.recall_id == recall_id))]


def supersede(connection: Connection, version_id: int) -> None:
    """Keep that a newer version of a notice stands before this one."""
    connection.execute(update(object_version).where(object_version.c.version_id == version_id).values(is_superseded=True))


@dataclass(frozen=True, slots=True)
class DisputeCall:
    """A call about a dispute: of which versions under whose id, since when, and until when."""

    recall_id: int
    owner_id: str
    stix_id: str
    version_ids: tuple[int, ...]
    since: datetime
    ended_at: datetime | None


def calls_after(connection: Connection, recall_id: int, limit: int) -> tuple[list[DisputeCall], int | None]:
    """List calls about disputes with numbers above one, oldest first; whoever is told of them is the caller's to ask.

    Gives also the number of the last that was looked at, None if there is none above.
    """
    rc, ov, rv = recall.c, object_version.c, recall_version.c
    first = (
        select(recall).where(rc.kind == RecallKind.DISPUTE.value, rc.recall_id > recall_id).order_by(rc.recall_id).limit(limit)
    )
    found, last = list[DisputeCall](), None
    for row in connection.execute(first):
        last = int(row.recall_id)
        about = select(ov.stix_id, ov.version_id, ov.withdrawn_at).join_from(
            recall_version, object_version, ov.version_id == rv.version_id
        )
        versions = connection.execute(about.where(rv.recall_id == row.recall_id).order_by(ov.version_id)).all()
        if versions:  # else all of them were erased
            ids = tuple(each.version_id for each in versions)
            ended_at = row.ended_at or _gone_at([each.withdrawn_at for each in versions])
            found.append(DisputeCall(row.recall_id, row.owner_id, versions[0].stix_id, ids, row.recalled_at, ended_at))
    return found, last


def _gone_at(withdrawn: Sequence[datetime | None]) -> datetime | None:
    """Give when the last of some versions was taken back; None: one is there still."""
    moments = [one for one in withdrawn if one is not None]
    return max(moments) if len(moments) == len(withdrawn) else None


def was_told(connection: Connection, recall_id: int, partner_id: str) -> bool:
    """Say whether a notice of a call went to a partner."""
    rd = recall_delivery.c
    told = select(rd.recall_id).where(rd.recall_id == recall_id, rd.partner_id == partner_id).limit(1)
    return connection.execute(told).first() is not None


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call about a dispute of one's own that has not ended: what it is about, and since when."""

    recall_id: int
    stix_id: str
    since: datetime


def open_calls_of(connection: Connection, owner_id: str, limit: int) -> list[OpenCall]:
    """List the calls about an owner's own objects that have not ended and of which it was told, newest first.

    What it took back meanwhile does not wait for a second look, also before the call is followed.
    """
    rc, ov, rv, rd = recall.c, object_version.c, recall_version.c, recall_delivery.c
    told = select(rd.recall_id).where(rd.recall_id == rc.recall_id, rd.partner_id == owner_id)
    statement = (
        select(rc.recall_id, func.min(ov.stix_id), rc.recalled_at)
        .join_from(recall, recall_version, rv.recall_id == rc.recall_id)
        .join(object_version, ov.version_id == rv.version_id)
        .where(rc.owner_id == owner_id, rc.kind == RecallKind.DISPUTE.value, rc.ended_at.is_(None), told.exists())
        .where(ov.withdrawn_at.is_(None))
        .group_by(rc.recall_id, rc.recalled_at)
    )
    return [OpenCall(*row) for row in connection.execute(statement.order_by(rc.recall_id.desc()).limit(limit))]
