"""Pages: which partner is being called about which objects, and whose turn it is.

Kept by ``tests/storage/test_pages.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.paging import Page
from app.storage.disclosures import decode_versions, encode_versions
from app.storage.tables import page


def add_pages(connection: Connection, values: Collection[Page]) -> None:
    """Keep new pages."""
    if values:
        connection.execute(insert(page), [_row(value) for value in values])


def save_page(connection: Connection, value: Page) -> None:
    """Write how a page stands now; the row must have been read in the same write transaction."""
    connection.execute(update(page).where(page.c.page_id == value.page_id).values(_row(value)))


def page_by_id(connection: Connection, page_id: str, *, held: bool = False) -> Page | None:
    """Give one page, None if there is none of this id; with ``held`` nobody else changes it before this transaction ends."""
    statement = select(page).where(page.c.page_id == page_id)
    row = connection.execute(statement.with_for_update() if held else statement).one_or_none()
    return None if row is None else _page(row)


def has_turn(connection: Connection, now: datetime) -> bool:
    """Whether somebody's turn has come, for asking without writing."""
    count: int = connection.execute(select(func.count()).select_from(page).where(page.c.turn_at <= now)).scalar_one()
    return count > 0


def next_turn(connection: Connection, now: datetime) -> Page | None:
    """Hold and give the page whose turn came first, None if there is none; who asks at once gets another one."""
    statement = select(page).where(page.c.turn_at <= now).order_by(page.c.turn_at, page.c.page_id).limit(1)
    row = connection.execute(statement.with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else _page(row)


def pages(connection: Connection, partner_id: str | None, limit: int, *, after: Page | None = None) -> list[Page]:
    """List the newest pages of one partner, or of all (None: for operators), newest first; those that come ``after`` one."""
    statement = select(page).order_by(page.c.made_at.desc(), page.c.page_id).limit(limit)
    if after is not None:
        is_as_old = (page.c.made_at == after.made_at) & (page.c.page_id > after.page_id)
        statement = statement.where((page.c.made_at < after.made_at) | is_as_old)
    if partner_id is not None:
        statement = statement.where(page.c.partner_id == partner_id)
    return [_page(row) for row in connection.execute(statement)]


def _row(value: Page) -> dict[str, Any]:
    row = asdict(value)
    return row | {"versions": encode_versions(row.pop("version_ids"))}


def _page(row: Any) -> Page:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping
    return Page(version_ids=decode_versions(values.pop("versions")), **values)
