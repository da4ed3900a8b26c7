"""What an export reads beside the feed: stored versions with all that a file says of them, and what a mirror has lost.

Asks about versions by number alone: which of them somebody may be given, ``feed`` says, and ``seen_among`` afterwards. Kept by
``tests/storage/test_export_reading.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, FromClause, bindparam, func, or_, select, text

from app.storage.batches import batches
from app.storage.columns import Number
from app.storage.feed_statements import sees, unveiled
from app.storage.prepared import IsOneOf, Listed, Prepared
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
_AT_ONCE = 100
"""So many rows are fetched at a time: each may be as large as an object may be."""


@lru_cache(maxsize=4)
def _stored(*, on_sqlite: bool, names: bool) -> Prepared:
    """Select what is stored of listed versions, in the order of the list: each is looked up by its key, one after the other.

    That OFFSET keeps PostgreSQL from reading whole tables where the list is long; SQLite goes that way by itself.
    """
    asked = Listed("version_ids").rows()
    content, of, attested = (
        table if on_sqlite else select(table).where(table.c.version_id == asked.c.value).offset(0).lateral(f"{table.name}_of_it")
        for table in (object_content, object_version, object_attestation)
    )
    joined: FromClause = asked
    for one in (content, of, attested):
        joined = joined.outerjoin(one, one.c.version_id == asked.c.value)
    columns = [content.c.content, attested.c.envelope, of.c.type]
    if names:
        columns += [of.c.content_digest, of.c.stix_id, of.c.version, of.c.owner_id, of.c.assurance, of.c.keyid, of.c.log_index]
    return Prepared(select(*columns).select_from(joined), in_binary=True)


def stored_versions(connection: Connection, version_ids: Sequence[int], *, names: bool = False) -> Generator[Any]:
    """Give what is stored of each of these versions, in their order, a hundred at a time however many they are.

    A row has the content (None: it is erased), the attestation as JSON text (or None) and the type; with ``names`` also the
    content's digest, id, version, owner, assurance, key id and log index. Nothing else can be asked of the connection before they
    are all read.
    """
    statement = _stored(on_sqlite=connection.dialect.name == "sqlite", names=names)
    return statement.stream(connection, _AT_ONCE, version_ids=version_ids)


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
