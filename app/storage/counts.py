"""Counting versions by what they are, over versions that somebody was found to see. Kept by ``tests/storage/test_counts.py``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from app.storage.prepared import IsOneOf, Prepared
from app.storage.tables import object_facet, object_version

_FACETS = ("behaviour", "harm", "phase", "surface")
_OV, _OF = object_version.c, object_facet.c
_THESE = IsOneOf(_OV.version_id, "version_ids")
_BY_TYPE = Prepared(select(_OV.type, func.count().label("times")).where(_THESE).group_by(_OV.type))
_BY_OWNER = Prepared(select(_OV.owner_id, func.count().label("times")).where(_THESE).group_by(_OV.owner_id))
_BY_FACET = Prepared(
    select(_OF.kind, _OF.value, func.count().label("times"))
    .where(IsOneOf(_OF.version_id, "version_ids"))
    .group_by(_OF.kind, _OF.value)
)


def by_kind(connection: Connection, version_ids: Sequence[int]) -> dict[str, dict[str, int]]:
    """Count these versions by type, owner, behaviour, harm, phase and surface; the most first, then by value.

    That somebody may see them is the caller's to know.
    """
    asked = {"version_ids": list(version_ids)}
    counted: dict[str, dict[str, int]] = {kind: {} for kind in ("type", "owner", *_FACETS)}
    counted["type"] = {row[0]: row[1] for row in _BY_TYPE.rows(connection, **asked)}
    counted["owner"] = {row[0]: row[1] for row in _BY_OWNER.rows(connection, **asked)}
    # Other kinds are passed over here: asked for in the statement, a planner goes by them through all that is stored.
    for kind, value, times in _BY_FACET.rows(connection, **asked):
        if kind in _FACETS:
            counted[kind][value] = times
    return {kind: dict(sorted(of.items(), key=lambda each: (-each[1], each[0]))) for kind, of in counted.items()}
