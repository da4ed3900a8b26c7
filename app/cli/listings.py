"""Rows that an exchange lists page after page: one reading for all who go through them to the end.

Owns that the end is reached: what is no page, a page that leads back, and pages without an end, end the command. Kept by
``tests/cli/test_listings.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.cli.faults import CommandFault, ExitCode

if TYPE_CHECKING:
    from app.cli.api import Api, Request

MOST_PAGES = 100_000
_MOST_CHARACTERS = 4_096
"""The longest name of a next page: each is remembered."""


def all_of(api: Api, path: str, name: str, **parameters: str) -> list[Any]:
    """Give every row (unverified) of what an address lists, which stand under this name. Raises as ``rows_of``."""
    from app.cli.api import Request

    return list(rows_of(api, Request("GET", path, parameters), name))


def rows_of(api: Api, request: Request, name: str, before: Callable[[int], None] | None = None) -> Iterator[Any]:
    """Give every row (unverified) of what a request lists, which stand in each page under this name; one page at a time.

    ``before`` is called before each page is asked for, with how many there were, and may raise to end it.

    Raises:
        CommandFault: the exchange refuses, stays away, or gives what is no page that goes on.
    """
    seen: set[str | None] = set()
    cursor: str | None = None
    more = True
    while more:
        if before is not None:
            before(len(seen))
        seen.add(cursor)
        page = api.send(replace(request, parameters={**request.parameters, "next": cursor}))
        rows = page.get(name) if isinstance(page, dict) else None
        if not isinstance(rows, list) or not isinstance(page.get("more"), bool):
            raise CommandFault(
                "The answer is no page: is this the address of an exchange?", ExitCode.UNAVAILABLE, code="no-exchange"
            )
        yield from rows
        more, cursor = page["more"], page.get("next")
        del page, rows
        if more and (not _is_new(cursor, seen) or len(seen) >= MOST_PAGES):
            raise CommandFault("The exchange's pages do not come to an end.", ExitCode.UNAVAILABLE, code="no-exchange")


def _is_new(cursor: object, seen: set[str | None]) -> bool:
    return isinstance(cursor, str) and len(cursor) <= _MOST_CHARACTERS and cursor not in seen
