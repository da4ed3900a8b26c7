"""Recalls: what was withdrawn, who had been given it by the ledger, and where the notices to them are.

Kept by ``tests/storage/test_recalls.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from app.domain.object_vocabulary import RecallAct, RecallKind, RecallReason
from app.domain.recall import Recall, RecalledVersion
from app.storage.batches import batches
from app.storage.disclosures import decode_versions, encode_versions
from app.storage.displacement import Place
from app.storage.tables import (
    group_posting,
    object_facet,
    object_version,
    recall,
    recall_delivery,
    recall_recipient,
    recall_version,
    sharing_group,
)


@dataclass(frozen=True, slots=True)
class NewRecall:
    """A recall about to be kept, in the transaction that withdraws the versions."""

    public_id: str
    owner_id: str
    reason: RecallReason
    act: RecallAct
    version_ids: Collection[int]
    kind: RecallKind = RecallKind.WITHDRAWAL
    contest_id: str | None = None
    successor_id: int | None = None


def add_recall(connection: Connection, new: NewRecall, now: datetime) -> int:
    """Keep a recall of at least one version. Gives its number."""
    row: dict[str, Any] = {
        "public_id": new.public_id,
        "owner_id": new.owner_id,
        "reason": new.reason,
        "act": new.act,
        "kind": new.kind,
    }
    row |= {"contest_id": new.contest_id, "successor_id": new.successor_id}
    adding = insert(recall).values(row | {"recalled_at": now, "looked_to": 0}).returning(recall.c.recall_id)
    recall_id: int = connection.execute(adding).scalar_one()
    rows = [{"recall_id": recall_id, "version_id": one} for one in sorted(new.version_ids)]
    connection.execute(insert(recall_version), rows)
    return recall_id


def recall_by_number(connection: Connection, recall_id: int) -> Recall:
    """Give a recall that exists."""
    return _recall(connection.execute(select(recall).where(recall.c.recall_id == recall_id)).one())


def find_recall(connection: Connection, owner_id: str | None, public_id: str) -> Recall | None:
    """Give a recall of this owner (None: of anybody) by the id that it knows it by."""
    row = connection.execute(_of(owner_id).where(recall.c.public_id == public_id)).one_or_none()
    return None if row is None else _recall(row)


def _of(owner_id: str | None) -> Select[Any]:
    return select(recall) if owner_id is None else select(recall).where(recall.c.owner_id == owner_id)


def recalls_of(connection: Connection, owner_id: str | None, after: int, limit: int) -> list[Recall]:
    """List an owner's recalls (None: everybody's) above number ``after``, oldest first."""
    own = _of(owner_id).where(recall.c.recall_id > after)
    return [_recall(row) for row in connection.execute(own.order_by(recall.c.recall_id).limit(limit))]


def recalls_naming(connection: Connection, owner_id: str, stix_id: str, limit: int) -> list[Recall]:
    """List an owner's recalls of versions under an id, newest first."""
    ov, rv = object_version.c, recall_version.c
    named = select(rv.recall_id).join_from(recall_version, object_version, rv.version_id == ov.version_id)
    named = named.where(ov.stix_id == stix_id, ov.owner_id == owner_id)
    own = _of(owner_id).where(recall.c.recall_id.in_(named))
    return [_recall(row) for row in connection.execute(own.order_by(recall.c.recall_id.desc()).limit(limit))]


def unnotified(connection: Connection) -> list[int]:
    """List the numbers of recalls whose notices did not go out yet."""
    statement = select(recall.c.recall_id).where(recall.c.notified_at.is_(None)).order_by(recall.c.recall_id)
    return list(connection.execute(statement).scalars())


def contests_to_tell(connection: Connection) -> list[Recall]:
    """List the contests' recalls for which the ledger was looked through and whose notices did not all go out, oldest first."""
    rc = recall.c
    is_due = (rc.kind == RecallKind.CONTEST) & rc.notified_at.is_(None) & (rc.looked_to >= rc.look_to)
    return [_recall(row) for row in connection.execute(select(recall).where(is_due).order_by(rc.recall_id))]


def _recall(row: Any) -> Recall:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
    words = {"reason": RecallReason(values["reason"]), "act": RecallAct(values["act"]), "kind": RecallKind(values["kind"])}
    return Recall(**values | words)


def recalled_versions(connection: Connection, recall_id: int) -> list[RecalledVersion]:
    """List what a recall calls back, in the order in which it was stored."""
    ov, rv = object_version.c, recall_version.c
    statement = (
        select(ov.version_id, ov.stix_id, ov.version, ov.payload_digest)
        .join_from(recall_version, object_version, rv.version_id == ov.version_id)
        .where(rv.recall_id == recall_id)
        .order_by(ov.version_id)
    )
    return [RecalledVersion(*row) for row in connection.execute(statement)]


def withdrawn_since(connection: Connection, recall_id: int, limit: int) -> dict[int, int]:
    """Give versions of recalls that are newer than one, each with its recall; at most ``limit``, those of older recalls first."""
    rv = recall_version.c
    newer = select(rv.version_id, rv.recall_id).where(rv.recall_id > recall_id).order_by(rv.recall_id, rv.version_id)
    return dict(connection.execute(newer.limit(limit)).all())


def facets_of(connection: Connection, version_ids: Collection[int]) -> frozenset[tuple[str, str]]:
    """Give every (kind, value) that any of these versions is filtered by."""
    facet = object_facet.c
    found: set[tuple[str, str]] = set()
    for some in batches(version_ids):
        rows = connection.execute(select(facet.kind, facet.value).where(facet.version_id.in_(some)).distinct())
        found.update((kind, value) for kind, value in rows)
    return frozenset(found)


# --- who is told ----------------------------------------------------------------------------------------------------------------


def settle_look(connection: Connection, recall_id: int, look_to: int) -> None:
    """Keep up to which number of the ledger a recall has to look."""
    connection.execute(update(recall).where(recall.c.recall_id == recall_id).values(look_to=look_to))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who was given which versions of a recall, in which feed."""

    partner_id: str
    feed: int
    version_ids: frozenset[int]


def recipients(connection: Connection, recall_id: int) -> list[Recipient]:
    """List who was given something of a recall, as far as the ledger was looked through."""
    rr = recall_recipient.c
    rows = connection.execute(select(recall_recipient).where(rr.recall_id == recall_id).order_by(rr.partner_id, rr.feed))
    return [Recipient(row.partner_id, row.feed, frozenset(decode_versions(row.versions))) for row in rows]


def keep_look(connection: Connection, recall_id: int, found: Mapping[tuple[str, int], Collection[int]], looked_to: int) -> None:
    """Keep that the ledger was looked through to ``looked_to``, and what was found: versions by (partner, feed)."""
    known = {(one.partner_id, one.feed): one.version_ids for one in recipients(connection, recall_id)}
    rr = recall_recipient.c
    for (partner_id, feed), version_ids in sorted(found.items()):
        before = known.get((partner_id, feed), frozenset())
        if not before.issuperset(version_ids):
            same = (rr.recall_id == recall_id) & (rr.partner_id == partner_id) & (rr.feed == feed)
            connection.execute(delete(recall_recipient).where(same))
            row = {"recall_id": recall_id, "partner_id": partner_id, "feed": feed}
            versions = encode_versions(before.union(version_ids))
            connection.execute(insert(recall_recipient).values(row | {"versions": versions}))
    connection.execute(update(recall).where(recall.c.recall_id == recall_id).values(looked_to=looked_to))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice (row id of its version) in the feed of a partner."""

    partner_id: str
    feed: int
    version_id: int


def add_deliveries(connection: Connection, recall_id: int, deliveries: Collection[Delivery]) -> None:
    """Keep where notices have their places."""
    rows = [
        {"partner_id": one.partner_id, "feed": one.feed, "version_id": one.version_id, "recall_id": recall_id}
        for one in deliveries
    ]
    if rows:
        connection.execute(insert(recall_delivery), rows)


def post_to_groups(connection: Connection, version_id: int, feeds: Collection[int], place: Place) -> None:
    """Give a notice a place in the feeds of groups, as their members see them now; one that is no more is passed over."""
    sg = sharing_group.c
    groups = select(sg.feed, sg.generation).where(sg.feed.in_(feeds), sg.deleted_at.is_(None))
    generations = dict(connection.execute(groups).all())
    for feed, generation in generations.items():
        row = {"feed": feed, "version_id": version_id, "generation": generation}
        connection.execute(insert(group_posting).values(row | {"position": place.position, "added_at": place.added_at}))


def post_where(connection: Connection, before_id: int, version_id: int, place: Place) -> None:
    """Give a newer version of a notice a place wherever the one before it (row id) has one."""
    feeds = connection.execute(select(group_posting.c.feed).where(group_posting.c.version_id == before_id)).scalars()
    post_to_groups(connection, version_id, list(feeds), place)
    told = select(recall_delivery).where(recall_delivery.c.version_id == before_id)
    rows = [{**row._mapping, "version_id": version_id} for row in connection.execute(told)]  # noqa: SLF001  # SQLAlchemy's public name
    if rows:
        connection.execute(insert(recall_delivery), rows)


def keep_notified(connection: Connection, recall_id: int, now: datetime) -> None:
    """Keep that the notices of a recall went out."""
    connection.execute(update(recall).where(recall.c.recall_id == recall_id).values(notified_at=now))


def notified_partners(connection: Connection, recall_ids: Collection[int]) -> dict[int, list[str]]:
    """List to whom the notices of these recalls went out."""
    rd = recall_delivery.c
    found: dict[int, list[str]] = defaultdict(list)
    for some in batches(recall_ids):
        told = select(rd.recall_id, rd.partner_id).where(rd.recall_id.in_(some)).distinct().order_by(rd.recall_id, rd.partner_id)
        for recall_id, partner_id in connection.execute(told):
            found[recall_id].append(partner_id)
    return found
