"""What narrows a page: the values, and what they mean as SQL.

Owns nothing of who sees what: a filter only ever takes away. Which version counts as the first or the last one depends on what is
seen, so that is ``feed_statements``'. Kept by ``tests/storage/test_filters.py`` and ``tests/storage/test_feed_statements.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, exists, or_

from app.storage.columns import Instant, SortKey
from app.storage.prepared import IsOneOf
from app.storage.tables import object_facet, object_version
from app.storage.words import SaysWords

Facets = tuple[tuple[str, frozenset[str]], ...]
"""Kinds (behaviour, harm, phase, surface, urgency) with accepted values; an object has to fit each kind."""


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
    ``modified_after`` and ``modified_before`` exclusive. ``versions`` None: all of them. ``words`` is the
    expression of a search (``domain.search_query``).
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
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """Which filters there are, whatever their values: requests of one shape are one statement with other parameters."""

    names: frozenset[str]
    facets: int
    versions: tuple[bool, bool, bool] | None
    """Whether the first, the last and named versions are among those asked for; None: all are."""

    @classmethod
    def of(cls, filters: Filters) -> Shape:
        """Give the shape of filters."""
        asked = filters.versions
        versions = None if asked is None else (asked.first, asked.last, bool(asked.keys))
        return cls(frozenset(name for name in _BY_NAME if getattr(filters, name) not in _NOTHING), len(filters.facets), versions)


_NOTHING: tuple[Any, ...] = (None, frozenset())
_BY_NAME = tuple(one.name for one in fields(Filters) if one.name not in {"facets", "versions"})


def parameters(filters: Filters) -> dict[str, Any]:
    """Give what the conditions of the filters' shape bind."""
    bound: dict[str, Any] = {name: value for name in _BY_NAME if (value := getattr(filters, name)) not in _NOTHING}
    bound |= {name: sorted(value) for name, value in bound.items() if isinstance(value, frozenset)}
    for number, (kind, values) in enumerate(filters.facets):
        bound |= {f"facet_kind_{number}": kind, f"facet_values_{number}": sorted(values)}
    if filters.versions is not None and filters.versions.keys:
        bound["version_keys"] = sorted(filters.versions.keys)
    return bound


def conditions(shape: Shape, added_at: ColumnElement[datetime]) -> Iterable[ColumnElement[bool]]:
    """Give what a version has to fit, but for ``versions``; ``added_at`` is the reader's own date of it."""
    ov = object_version.c
    meanings: dict[str, Callable[[], Iterable[ColumnElement[bool]]]] = {
        "stix_ids": lambda: [IsOneOf(ov.stix_id, "stix_ids")],
        "types": lambda: [IsOneOf(ov.type, "types")],
        "owner_ids": lambda: [IsOneOf(ov.owner_id, "owner_ids")],
        "minimum_confidence": lambda: [ov.confidence >= bindparam("minimum_confidence", type_=ov.confidence.type)],
        "added_after": lambda: [added_at > bindparam("added_after", type_=Instant)],
        "added_before": lambda: [added_at < bindparam("added_before", type_=Instant)],
        "modified_after": lambda: [ov.version_key > bindparam("modified_after", type_=SortKey)],
        "modified_before": lambda: [ov.version_key < bindparam("modified_before", type_=SortKey)],
        "valid_at": _valid_at,
        "words": lambda: [SaysWords(ov.version_id, "words")],
    }
    for name, meaning in meanings.items():
        if name in shape.names:
            yield from meaning()
    yield from having(shape, object_version)


def having(shape: Shape, version: FromClause) -> Iterable[ColumnElement[bool]]:
    """Give the facets that a row of ``version`` has to have."""
    of = object_facet.c
    for number in range(shape.facets):
        kind = of.kind == bindparam(f"facet_kind_{number}", type_=of.kind.type)
        yield exists().where(of.version_id == version.c.version_id, kind, IsOneOf(of.value, f"facet_values_{number}"))


def _valid_at() -> Iterable[ColumnElement[bool]]:
    ov, at = object_version.c, bindparam("valid_at", type_=SortKey)
    return [ov.valid_from_key <= at, or_(ov.valid_until_key.is_(None), ov.valid_until_key > at)]
