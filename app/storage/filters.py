"""What narrows a page: the values, and what they mean as SQL.

Owns nothing of who sees what: a filter only ever takes away. Which version counts as the first or the last one depends on what is
seen, so that is ``feed_statements``'. Kept by ``tests/storage/test_filters.py`` and ``tests/storage/test_feed_statements.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, exists, or_

from app.storage.tables import object_facet, object_version

Facets = tuple[tuple[str, frozenset[str]], ...]
"""Kinds (harm, phase, surface) with accepted values; an object has to fit each kind."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Which versions of one owner's object: the first or the last that the reader sees, those of these sort keys; alternatives.

    First and last are among what the reader sees in the same collection. Nothing named is nothing given.
    """

    first: bool = False
    last: bool = False
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a page. None and empty mean "no such filter"; several values of one filter are alternatives.

    Version and validity bounds are sort keys of STIX timestamps; ``added_after`` is exclusive, ``added_before`` exclusive,
    ``modified_after`` and ``modified_before`` exclusive. ``versions`` None: all of them.
    """

    stix_ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    owner_ids: frozenset[str] = frozenset()
    facets: Facets = ()
    minimum_confidence: int | None = None
    added_after: datetime | None = None
    added_before: datetime | None = None
    modified_after: str | None = None
    modified_before: str | None = None
    valid_at: str | None = None
    versions: Versions | None = None


def conditions(filters: Filters, added_at: ColumnElement[datetime]) -> Iterable[ColumnElement[bool]]:
    """Give what a version has to fit, but for ``versions``; ``added_at`` is the reader's own date of it."""
    ov = object_version.c
    if filters.stix_ids:
        yield ov.stix_id.in_(sorted(filters.stix_ids))
    if filters.types:
        yield ov.type.in_(sorted(filters.types))
    if filters.owner_ids:
        yield ov.owner_id.in_(sorted(filters.owner_ids))
    yield from having(filters.facets, object_version)
    if filters.minimum_confidence is not None:
        yield ov.confidence >= filters.minimum_confidence
    if filters.added_after is not None:
        yield added_at > filters.added_after
    if filters.added_before is not None:
        yield added_at < filters.added_before
    yield from _spans(filters)


def having(facets: Facets, version: FromClause) -> Iterable[ColumnElement[bool]]:
    """Give the facets that a row of ``version`` has to have."""
    of = object_facet.c
    for kind, values in facets:
        yield exists().where(of.version_id == version.c.version_id, of.kind == kind, of.value.in_(sorted(values)))


def _spans(filters: Filters) -> Iterable[ColumnElement[bool]]:
    ov = object_version.c
    if filters.modified_after is not None:
        yield ov.version_key > filters.modified_after
    if filters.modified_before is not None:
        yield ov.version_key < filters.modified_before
    if filters.valid_at is not None:
        yield ov.valid_from_key <= filters.valid_at
        yield or_(ov.valid_until_key.is_(None), ov.valid_until_key > filters.valid_at)
