"""Stretches of lists: some rows after or before a place, how many stand before them, and how many there are in all.

Owns the comparison with a place, which says where by what the row is sorted by and not by a number: what is added or taken away
meanwhile moves no row to another page. Kept by ``tests/storage/test_stretches.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: what it is sorted by, and its id, which decides between equals."""

    by: Any
    row_id: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which rows: at most ``limit``, those after a place or those right before it; from the beginning if it is None."""

    limit: int
    at: Place | None = None
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """Rows in the order of their list; so many stand ``before`` them, and the list has so many in all."""

    rows: list[Row]
    before: int
    count: int


@dataclass(frozen=True, slots=True)
class SortedBy:
    """What a list is sorted by, which is never null, and the column of its ids; ``falls``: the greatest first."""

    by: ColumnElement[Any]
    row_id: ColumnElement[str]
    falls: bool = False


def find_stretch(
    connection: Connection, statement: Select[Any], sorting: SortedBy, stretch: Stretch, made: Callable[[Any], Row]
) -> Found[Row]:
    """Give a stretch of what a statement without order selects, each row (with a column by its name) ``made`` into what it is."""
    count = _count(connection, statement)
    before = 0
    if stretch.at is not None and stretch.is_before:
        upto = _count(connection, statement.where(_lies(sorting, stretch.at, after=False)))
        if upto > stretch.limit:
            earlier = statement.where(_lies(sorting, stretch.at, after=False)).order_by(
                *_sorted(sorting, falls=not sorting.falls)
            )
            rows = _rows(connection, earlier.limit(stretch.limit), made)
            return Found(rows[::-1], upto - len(rows), count)
    elif stretch.at is not None:
        statement = statement.where(_lies(sorting, stretch.at, after=True))
        before = count - _count(connection, statement)
    ordered = statement.order_by(*_sorted(sorting, falls=sorting.falls))
    return Found(_rows(connection, ordered.limit(stretch.limit), made), before, count)


def _count(connection: Connection, statement: Select[Any]) -> int:
    counting = statement.with_only_columns(func.count(), maintain_column_froms=True)
    return int(connection.execute(counting).scalar_one())


def _rows(connection: Connection, statement: Select[Any], made: Callable[[Any], Row]) -> list[Row]:
    return [made(row) for row in connection.execute(statement)]


def _lies(sorting: SortedBy, place: Place, *, after: bool) -> ColumnElement[bool]:
    by, row_id = sorting.by, sorting.row_id
    if after is sorting.falls:
        return or_(by < place.by, and_(by == place.by, row_id < place.row_id))
    return or_(by > place.by, and_(by == place.by, row_id > place.row_id))


def _sorted(sorting: SortedBy, *, falls: bool) -> Sequence[ColumnElement[Any]]:
    columns = (sorting.by, sorting.row_id)
    return [one.desc() for one in columns] if falls else columns
