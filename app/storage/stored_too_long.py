"""What is stored past its time: versions to be judged, versions at their end, what was withdrawn long ago, rows of other tables.

Owns the statements of the sweep; what is past its time the caller says. Kept by ``tests/storage/test_stored_too_long.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, delete, func, or_, select, tuple_, union, update

from app.domain.work import WorkState
from app.storage.batches import batches
from app.storage.erasures import is_open
from app.storage.objects import STORED, StoredVersion
from app.storage.tables import (
    draft,
    erased_version,
    handling_class,
    key_challenge,
    mail,
    object_content,
    object_version,
    page,
    recall,
    recall_delivery,
    recall_version,
    work,
)

_OV = object_version.c
_IS_ERASED = select(erased_version.c.version_id).where(erased_version.c.version_id == _OV.version_id).exists()


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A version of which nobody asked yet how long it may be stored: its content (None: gone), class document and admission."""

    version_id: int
    content: bytes | None
    class_document: str
    received_at: datetime


def unjudged(connection: Connection, limit: int) -> list[Unjudged]:
    """List versions that came before it was asked how long they may be stored, so many at most."""
    asked = (
        select(_OV.version_id, object_content.c.content, handling_class.c.document, _OV.received_at)
        .join(handling_class, handling_class.c.class_id == _OV.class_id)
        .join(object_content, object_content.c.version_id == _OV.version_id, isouter=True)
        .where(_OV.retain_until.is_(None))
    )
    return [Unjudged(*row) for row in connection.execute(asked.limit(limit))]


def judge(connection: Connection, ends: Mapping[int, datetime]) -> None:
    """Keep until when versions may be stored; from then on they are not seen either."""
    for version_id, until in sorted(ends.items()):
        seen_until = case((_OV.visible_until < until, _OV.visible_until), else_=until)
        this = update(object_version).where(_OV.version_id == version_id)
        connection.execute(this.values(retain_until=until, visible_until=seen_until))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk over versions at their end stands: the end of the last one, and its row id."""

    retain_until: datetime
    version_id: int


def _at_their_end(before: datetime) -> Select[Any]:
    return select(*STORED, _OV.type, _OV.retain_until).where(_OV.retain_until < before, ~_IS_ERASED)


def at_their_end(connection: Connection, before: datetime, after: Place | None, limit: int) -> list[tuple[StoredVersion, Place]]:
    """List versions that may be stored until an instant before ``before`` and no longer, so many at most, from a place on."""
    asked = _at_their_end(before)
    if after is not None:
        asked = asked.where(tuple_(_OV.retain_until, _OV.version_id) > (after.retain_until, after.version_id))
    rows = connection.execute(asked.order_by(_OV.retain_until, _OV.version_id).limit(limit))
    return [(StoredVersion(*row[: len(STORED)]), Place(row.retain_until, row.version_id)) for row in rows]


def _withdrawn(settled_before: datetime) -> Select[Any]:
    """Select what recalls called back that are settled, and the notices of these recalls."""
    rc, rv, rd = recall.c, recall_version.c, recall_delivery.c
    settled = rc.notified_at.is_not(None) & (rc.recalled_at < settled_before)
    withdrawn = select(rv.version_id).join(recall, rc.recall_id == rv.recall_id)
    # What is contested was called into question, and stands.
    called_back = withdrawn.join(object_version, rv.version_id == _OV.version_id).where(settled, _OV.withdrawn_at.is_not(None))
    notices = select(rd.version_id).join(recall, rc.recall_id == rd.recall_id).where(settled, ~is_open(settled_before))
    ids = union(called_back, notices).subquery()
    return select(*STORED, _OV.type).join(ids, ids.c.version_id == _OV.version_id).where(~_IS_ERASED)


def withdrawn_long_ago(connection: Connection, settled_before: datetime, after: int, limit: int) -> list[StoredVersion]:
    """List what was withdrawn by recalls from before an instant, and their notices, above a row id and so many at most."""
    asked = _withdrawn(settled_before).where(_OV.version_id > after).order_by(_OV.version_id)
    return [StoredVersion(*row[: len(STORED)]) for row in connection.execute(asked.limit(limit))]


def counts(connection: Connection, at_end_before: datetime, settled_before: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    """Count by (type, owner) what is at its end, and what was withdrawn long ago; held ones included."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for place, chosen in enumerate((_at_their_end(at_end_before), _withdrawn(settled_before))):
        these = chosen.subquery()
        asked = select(these.c.type, these.c.owner_id, func.count()).group_by(these.c.type, these.c.owner_id)
        for kind, owner_id, count in connection.execute(asked):
            before = found.get((kind, owner_id), (0, 0))
            found[kind, owner_id] = (count, before[1]) if place == 0 else (before[0], count)
    return found


@dataclass(frozen=True, slots=True)
class Ages:
    """Before which instants rows of other tables are past their time."""

    now: datetime
    mails: datetime
    pages: datetime
    work: datetime
    drafts: datetime


def drop_others(connection: Connection, ages: Ages, limit: int) -> int:
    """Delete rows of other tables that are past their time, so many of each table at most. Gives the most of one table."""
    mc, pc, wc = mail.c, page.c, work.c
    old_mail = select(mc.mail_id).where(or_(mc.sent_at < ages.mails, mc.failed_at < ages.mails), mc.leased_until.is_(None))
    old_page = select(pc.page_id).where(pc.made_at < ages.pages, pc.turn_at.is_(None))
    old_work = select(wc.work_id).where(wc.state != WorkState.WAITING, func.coalesce(wc.ended_at, wc.due_at) < ages.work)
    old_challenge = select(key_challenge.c.challenge).where(key_challenge.c.expires_at < ages.now)
    old_draft = select(draft.c.draft_id).where(draft.c.changed_at < ages.drafts)
    most = 0
    for table, key, old in (
        (mail, mc.mail_id, old_mail),
        (page, pc.page_id, old_page),
        (work, wc.work_id, old_work),
        (key_challenge, key_challenge.c.challenge, old_challenge),
        (draft, draft.c.draft_id, old_draft),
    ):
        ids: Collection[Any] = connection.execute(old.limit(limit)).scalars().all()
        for some in batches(ids):
            connection.execute(delete(table).where(key.in_(some)))
        most = max(most, len(ids))
    return most
