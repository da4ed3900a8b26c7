"""Where a list leads that stands on several pages: what is said of how many are shown, and the addresses on and back.

Owns addresses; which rows a page has is the services'. Two lists on one page each have a parameter of their own, and each
address keeps where the other stands. Kept by ``tests/portal/test_passages.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.services.list_pages import ListAsked, ListPage

AT_ONCE = 50
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Passage:
    """Which rows of how many are shown (0: none any more), and where the list goes on and back (empty: nowhere)."""

    first: int
    last: int
    count: int
    onward: str
    back: str


def asked_by_address(name: str = NEXT, limit: int = AT_ONCE) -> ListAsked:
    """Give which rows the address of this page asks for, by one of its parameters."""
    return ListAsked(request.args.get(name) or None, limit)


def passage_of(found: ListPage[Any], name: str = NEXT, endpoint: str = "") -> Passage:
    """Give where a list of this page leads, whose place stands in the parameter ``name``.

    ``endpoint`` is the page's, where forms show it as well.
    """
    last = found.first + len(found.rows) - 1 if found.rows else 0
    onward = _address(endpoint, name, found.next) if found.more else ""
    back = _address(endpoint, name, found.previous) if found.previous else ""
    return Passage(found.first, last, found.count, onward, back)


def beginning() -> str:
    """Give the address of the first page of the list that a later page shows; empty on the first one."""
    if NEXT not in request.args:
        return ""
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
    del values[NEXT]
    return url_for(request.endpoint or "", **values)


def _address(endpoint: str, name: str, cursor: str) -> str:
    """Give the address of this page with another place of one list."""
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(), name: cursor}
    return url_for(endpoint or request.endpoint or "", **values)
