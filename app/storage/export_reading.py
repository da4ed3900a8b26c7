"""What an export reads beside the feed: stored versions with all that a file says of them, and what a mirror has lost.

Asks about versions by number alone: which of them somebody may be given, ``feed`` says, and ``seen_among`` afterwards. Kept by
``tests/storage/test_export_reading.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, text

from app.storage.batches import batches
from app.storage.columns import Number
from app.storage.feed_statements import sees, unveiled
from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import (
    erased_version,
    narrowing_member,
    notice,
    notice_addressee,
    object_attestation,
    object_content,
    object_version,
    veil,
    version_past,
    visible_class,
)
from app.storage.viewpoints import Viewpoint
from app.storage.withdrawals import OVER

_OV = object_version.c
_BYTES = func.length(object_content.c.content)
_SIZED = (
    select(object_content, (func.sum(_BYTES).over(order_by=object_content.c.version_id) - _BYTES).label("before"))
    .where(IsOneOf(object_content.c.version_id, "version_ids"))
    .subquery()
)
_STORED = Prepared(
    select(
        *(_OV.version_id, _SIZED.c.content, object_attestation.c.envelope, _OV.content_digest, _OV.stix_id, _OV.type),
        *(_OV.version, _OV.owner_id, _OV.assurance, _OV.keyid, _OV.log_index),
    )
    .join_from(_SIZED, object_version, _SIZED.c.version_id == _OV.version_id)
    .join(object_attestation, _SIZED.c.version_id == object_attestation.c.version_id, isouter=True)
    .where(_SIZED.c.before <= bindparam("most_bytes", type_=Number)),
    in_binary=True,
)


def stored_versions(connection: Connection, version_ids: Collection[int], most_bytes: int) -> dict[int, Any]:
    """Give rows of what is stored of these versions by number, the oldest first, up to the one that passes ``most_bytes``.

    What is missing was erased, or has to be asked for again. A row has ``content``, ``envelope`` (the attestation as JSON text,
    or None), ``content_digest``, ``stix_id``, ``type``, ``version``, ``owner_id``, ``assurance``, ``keyid`` and ``log_index``.
    """
    return {row.version_id: row for row in _STORED.rows(connection, version_ids=list(version_ids), most_bytes=most_bytes)}


@lru_cache(maxsize=2)
def _seen(*, veiled: bool) -> Prepared:
    viewpoint = bindparam("viewpoint", type_=Number)
    statement = (
        select(_OV.version_id)
        .join_from(object_version, visible_class, sees(viewpoint))
        .where(IsOneOf(_OV.version_id, "version_ids"), _OV.visible_until > bindparam("now", type_=_OV.visible_until.type))
    )
    return Prepared(statement.where(unveiled()) if veiled else statement)


@lru_cache(maxsize=2)
def _seen_between(*, veiled: bool) -> Prepared:
    viewpoint, first, beyond = (bindparam(name, type_=Number) for name in ("viewpoint", "first", "beyond"))
    statement = (
        select(_OV.version_id)
        .join_from(object_version, visible_class, sees(viewpoint))
        .where(_OV.version_id >= first, _OV.version_id < beyond)
        .where(_OV.visible_until > bindparam("now", type_=_OV.visible_until.type))
    )
    return Prepared(statement.where(unveiled()) if veiled else statement)


def seen_among(connection: Connection, viewpoint: Viewpoint, version_ids: Collection[int], now: datetime = OVER) -> set[int]:
    """Give those of these versions that the viewpoint sees at ``now``.

    By default it is not asked what expired: then all count that were not withdrawn, erased or restricted.
    """
    found: set[int] = set()
    if viewpoint.stands_still:
        return found
    asked = {"viewpoint": viewpoint.viewpoint_id, "now": now}
    if viewpoint.veiled:
        asked["partner"] = viewpoint.key.partner_id
    for some in batches(version_ids):
        rows = _seen(veiled=viewpoint.veiled).rows(connection, **asked, version_ids=some)
        found.update(row.version_id for row in rows)
    return found


def seen_between(connection: Connection, viewpoint: Viewpoint, first: int, beyond: int, now: datetime) -> list[int]:
    """List the versions with ``first`` <= number < ``beyond`` that the viewpoint sees at ``now``, in no order."""
    asked = {"viewpoint": viewpoint.viewpoint_id, "now": now, "first": first, "beyond": beyond}
    if viewpoint.veiled:
        asked["partner"] = viewpoint.key.partner_id
    return [row.version_id for row in _seen_between(veiled=viewpoint.veiled).rows(connection, **asked)]


# --- what a mirror may have lost ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Since:
    """Since when: a place of the order, and the instant that was told of then."""

    position: int
    as_of: datetime


def changed_since(connection: Connection, viewpoint: Viewpoint, since: Since, now: datetime) -> set[int]:
    """List all versions that may have become invisible since, as long as the viewpoint's visible classes did not change.

    What was changed in place, what expired by ``now``, what was erased, and what is behind veils.
    """
    vp, ev, nm = version_past.c, erased_version.c, narrowing_member.c
    ends = (text("visible_until < '9999-01-01'"), _OV.visible_until > since.as_of, _OV.visible_until <= now)
    statements = [
        select(vp.version_id).where(vp.position > since.position),
        select(_OV.version_id).where(*ends),
        select(ev.version_id).where(or_(ev.finished_at.is_(None), ev.finished_at >= since.as_of)),
    ]
    if viewpoint.veiled:
        veiled = select(nm.version_id).join_from(narrowing_member, veil, veil.c.narrowing_id == nm.narrowing_id)
        statements.append(veiled.where(veil.c.viewpoint_id == viewpoint.viewpoint_id))
    found: set[int] = set()
    for statement in statements:
        found.update(connection.execute(statement).scalars())
    return found


def last_change(connection: Connection) -> int:
    """Give the place of the last change of a version in place, 0 without any."""
    newest: int = connection.execute(select(func.coalesce(func.max(version_past.c.position), 0))).scalar_one()
    return newest


@dataclass(frozen=True, slots=True)
class NamedLoss:
    """A version by its names and the digest of its content, and how it came to be seen no more, as far as its row says."""

    version_id: int
    content_sha256: str
    stix_id: str
    version: str
    is_withdrawn: bool
    visible_until: datetime


def named_losses(connection: Connection, version_ids: Collection[int]) -> list[NamedLoss]:
    """Name versions, in the order of their numbers; what was erased and finished has no names any more."""
    found: list[NamedLoss] = []
    columns = (_OV.version_id, _OV.content_digest, _OV.stix_id, _OV.version, _OV.withdrawn_at, _OV.visible_until)
    for some in batches(sorted(version_ids)):
        rows = connection.execute(select(*columns).where(_OV.version_id.in_(some)).order_by(_OV.version_id))
        found += [NamedLoss(row[0], bytes(row[1]).hex(), row[2], row[3], row[4] is not None, row[5]) for row in rows]
    return found


def same_contents(connection: Connection, version_ids: Collection[int]) -> dict[int, set[int]]:
    """Give for each of these versions the others whose content is the very same, of which there may be none."""
    other, found = object_version.alias("other"), dict[int, set[int]]()
    same = (other.c.stix_id == _OV.stix_id) & (other.c.content_digest == _OV.content_digest)
    statement = select(_OV.version_id, other.c.version_id).join_from(object_version, other, same)
    for some in batches(sorted(version_ids)):
        rows = connection.execute(statement.where(_OV.version_id.in_(some), other.c.version_id != _OV.version_id))
        for version_id, another in rows:
            found.setdefault(version_id, set()).add(another)
    return found


# --- recall notices -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddressedNotice:
    """A notice to a partner: its row, its id, its class, and the signed object; ``content`` None: it was erased."""

    version_id: int
    notice_id: str
    class_id: int
    position: int
    content: bytes | None


def notices_to(connection: Connection, partner_id: str, after: int, upto: int) -> Sequence[AddressedNotice]:
    """List the notices to a partner whose places are within (after, upto], oldest first."""
    na, nt, oc = notice_addressee.c, notice.c, object_content.c
    statement = (
        select(nt.version_id, nt.notice_id, _OV.class_id, _OV.position, oc.content)
        .join_from(notice_addressee, notice, na.version_id == nt.version_id)
        .join(object_version, nt.version_id == _OV.version_id)
        .join(object_content, nt.version_id == oc.version_id, isouter=True)
        .where(na.partner_id == partner_id, _OV.position > after, _OV.position <= upto)
        .order_by(_OV.position)
    )
    return [AddressedNotice(*row) for row in connection.execute(statement)]
