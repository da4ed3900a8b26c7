"""Pages of lists that lead on and back: which rows are asked for, and where a page goes on, as a sealed cursor.

Owns what a cursor says (a place in one list of one caller, and which way) and that one of another list is refused. Which rows
there are is storage's, who may see them the services'. Kept by ``tests/services/test_list_pages.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from app.services.exchange import Exchange
from app.storage.stretches import Found, Place, Stretch

Row = TypeVar("Row")
AN_INSTANT = datetime.fromisoformat
_START, _AFTER, _BEFORE = "", "after", "before"
_BETWEEN = "\0"


@dataclass(frozen=True, slots=True)
class ListAsked:
    """Up to ``limit`` rows from where ``cursor`` (unverified; None: the beginning) says."""

    cursor: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """Some rows of a list: the first of them is its ``first``, counted from 1 (0: there is none), of ``count`` in all.

    ``next`` is always given and goes on after the last row, now or later; ``more``: there is something now. ``previous`` leads
    back, None at the beginning.
    """

    rows: list[Row]
    first: int
    count: int
    next: str
    more: bool
    previous: str | None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """A list: ``words`` tell it from all others and say whose and which it is; ``place`` gives what a row is sorted by.

    ``reads`` makes that of its text, which has no control characters: ``AN_INSTANT``, ``int`` or ``str``.
    """

    words: tuple[str | None, ...]
    place: Callable[[Row], Place]
    reads: Callable[[str], Any]

    @property
    def context(self) -> bytes:
        """What its cursors are sealed for."""
        return hashlib.sha256(json.dumps(["list", *self.words]).encode()).digest()


def stretch_asked(exchange: Exchange, listing: Listing[Any], asked: ListAsked) -> Stretch:
    """Give which rows are asked for.

    Raises:
        MalformedInputError: ``cursor-invalid``: it was not given for this list.
    """
    opened = _START if asked.cursor is None else exchange.sealer.open(asked.cursor, listing.context).decode()
    if opened == _START:
        return Stretch(asked.limit)
    way, row_id, by = opened.split(_BETWEEN)
    return Stretch(asked.limit, Place(listing.reads(by), row_id), is_before=way == _BEFORE)


def page_of(exchange: Exchange, listing: Listing[Row], asked: ListAsked, found: Found[Row]) -> ListPage[Row]:
    """Give the page that holds these rows."""
    if not found.rows:
        beginning = exchange.sealer.seal(_START.encode(), listing.context)
        back = beginning if found.count else None
        return ListPage([], 0, found.count, asked.cursor or beginning, more=False, previous=back)
    previous = _sealed(exchange, listing, _BEFORE, found.rows[0]) if found.before else None
    after = found.before + len(found.rows)
    return ListPage(
        found.rows,
        found.before + 1,
        found.count,
        _sealed(exchange, listing, _AFTER, found.rows[-1]),
        more=after < found.count,
        previous=previous,
    )


def _sealed(exchange: Exchange, listing: Listing[Row], way: str, row: Row) -> str:
    place = listing.place(row)
    by = place.by.isoformat() if isinstance(place.by, datetime) else str(place.by)
    return exchange.sealer.seal(_BETWEEN.join((way, place.row_id, by)).encode(), listing.context)
