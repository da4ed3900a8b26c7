"""The statements that find the places of what a viewpoint sees, narrowed by filters.

Owns the rule of places as SQL and nothing else; which statement is run over which stretch is decided in ``feed``. The bounds are
parameters, so that each statement is built once for each set of filters. Kept by ``tests/storage/test_feed.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, or_, select, true

from app.storage.columns import Instant, Number
from app.storage.metadata import ID
from app.storage.tables import feed_entry, narrowing, narrowing_member, object_facet, object_version, veil, visible_class

_VIEWPOINT = bindparam("viewpoint", type_=Number)
_PARTNER = bindparam("partner", type_=ID)
_AFTER, _UPTO, _LIMIT, _EACH = (bindparam(name, type_=Number) for name in ("after", "upto", "limit", "each"))
_NOW = bindparam("now", type_=Instant)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a page. None and empty mean "no such filter"; several values of one filter are alternatives.

    ``facets`` maps a kind (harm, phase, surface) to accepted values. Version and validity bounds are sort keys of STIX
    timestamps; ``added_after`` is exclusive, ``added_before`` exclusive, ``modified_after`` and ``modified_before`` exclusive.
    """

    stix_ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    owner_ids: frozenset[str] = frozenset()
    facets: tuple[tuple[str, frozenset[str]], ...] = ()
    minimum_confidence: int | None = None
    added_after: datetime | None = None
    added_before: datetime | None = None
    modified_after: str | None = None
    modified_before: str | None = None
    valid_at: str | None = None


@lru_cache(maxsize=64)
def general_places(filters: Filters, *, has_entries: bool, veiled: bool) -> Select[Any]:
    """Select general places within (after, upto]."""
    statement = _placed(filters, has_entries=has_entries, veiled=veiled).join(visible_class, sees(_VIEWPOINT))
    return statement.order_by(object_version.c.position).limit(_LIMIT)


@lru_cache(maxsize=64)
def general_places_by_class(filters: Filters, *, has_entries: bool, veiled: bool) -> Select[Any]:
    """Select the first places of each class that is seen, up to the horizon: beyond it, a class may have more than were read.

    PostgreSQL only (LATERAL). Each row names the horizon; no row means that there is nothing up to ``upto``.
    """
    ov, vc = object_version.c, visible_class.c
    of_class = (
        _placed(filters, has_entries=has_entries, veiled=veiled)
        .where(ov.class_id == vc.class_id)
        .order_by(ov.position)
        .limit(_EACH)
    )
    each = of_class.correlate(visible_class).lateral()
    first = select(vc.class_id, *each.c).join_from(visible_class, each, true()).where(vc.viewpoint_id == _VIEWPOINT).cte()
    full = select(func.max(first.c.position).label("last")).group_by(first.c.class_id).having(func.count() == _EACH).subquery()
    horizon = select(func.coalesce(func.min(full.c.last), _UPTO).label("horizon")).cte()
    within = select(first, horizon.c.horizon).join_from(first, horizon, first.c.position <= horizon.c.horizon)
    return within.order_by(first.c.position).limit(_LIMIT)


@lru_cache(maxsize=64)
def own_places(filters: Filters, *, veiled: bool) -> Select[Any]:
    """Select the places within (after, upto] that the viewpoint's own entries give."""
    ov, fe = object_version.c, feed_entry.c
    statement = (
        select(fe.position, fe.added_at, ov.version_id, ov.owner_id)
        .join_from(feed_entry, object_version, fe.version_id == ov.version_id)
        .join(visible_class, sees(_VIEWPOINT))
        .where(fe.viewpoint_id == _VIEWPOINT, fe.feed == 0, fe.position > _AFTER, fe.position <= _UPTO)
        .where(fe.issued > visible_class.c.since, ov.visible_until > _NOW, *_conditions(filters, fe.added_at))
        .order_by(fe.position)
        .limit(_LIMIT)
    )
    return statement.where(unveiled()) if veiled else statement


def unveiled() -> ColumnElement[bool]:
    """Say that a version is behind no veil of the viewpoint: no narrowing under way is still to take it away.

    While nobody knows what a narrowing takes away, its veil hides everything. One's own is hidden only by veils that say so.
    Binds ``viewpoint`` and ``partner``.
    """
    member, ov = narrowing_member.c, object_version.c
    of_these = select(member.version_id).where(member.version_id == ov.version_id, member.narrowing_id == veil.c.narrowing_id)
    takes = exists(of_these.correlate(object_version, veil))
    hides = (
        select(veil.c.narrowing_id)
        .join_from(veil, narrowing, narrowing.c.narrowing_id == veil.c.narrowing_id)
        .where(veil.c.viewpoint_id == _VIEWPOINT, or_(veil.c.hides_own, ov.owner_id != _PARTNER), or_(~narrowing.c.traced, takes))
    )
    return ~exists(hides.correlate(object_version))


def sees(viewpoint_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Give the join of a version with the viewpoint's row for its class, if there is one."""
    vc = visible_class.c
    return and_(vc.viewpoint_id == viewpoint_id, vc.class_id == object_version.c.class_id)


def _placed(filters: Filters, *, has_entries: bool, veiled: bool) -> Select[Any]:
    ov, fe = object_version.c, feed_entry.c
    statement = select(ov.position, ov.added_at, ov.version_id, ov.owner_id).where(
        ov.position > _AFTER, ov.position <= _UPTO, ov.position > visible_class.c.since, ov.visible_until > _NOW
    )
    if has_entries:
        # An entry is always given later than the general place: where it no longer counts, neither does the general place.
        statement = statement.where(~exists().where(fe.viewpoint_id == _VIEWPOINT, fe.feed == 0, fe.version_id == ov.version_id))
    if veiled:
        statement = statement.where(unveiled())
    return statement.where(*_conditions(filters, ov.added_at))


def _conditions(filters: Filters, added_at: ColumnElement[datetime]) -> Iterable[ColumnElement[bool]]:
    ov = object_version.c
    if filters.stix_ids:
        yield ov.stix_id.in_(sorted(filters.stix_ids))
    if filters.types:
        yield ov.type.in_(sorted(filters.types))
    if filters.owner_ids:
        yield ov.owner_id.in_(sorted(filters.owner_ids))
    for kind, values in filters.facets:
        of = object_facet.c
        yield exists().where(of.version_id == ov.version_id, of.kind == kind, of.value.in_(sorted(values)))
    if filters.minimum_confidence is not None:
        yield ov.confidence >= filters.minimum_confidence
    if filters.added_after is not None:
        yield added_at > filters.added_after
    if filters.added_before is not None:
        yield added_at < filters.added_before
    yield from _spans(filters)


def _spans(filters: Filters) -> Iterable[ColumnElement[bool]]:
    ov = object_version.c
    if filters.modified_after is not None:
        yield ov.version_key > filters.modified_after
    if filters.modified_before is not None:
        yield ov.version_key < filters.modified_before
    if filters.valid_at is not None:
        yield ov.valid_from_key <= filters.valid_at
        yield or_(ov.valid_until_key.is_(None), ov.valid_until_key > filters.valid_at)
