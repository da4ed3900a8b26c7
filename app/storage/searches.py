"""Saved searches, kept for their partners. Kept by ``tests/storage/test_searches.py``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select, update

from app.domain.saved_search import SavedSearch
from app.storage.tables import saved_search

_SS = saved_search.c


def add_search(connection: Connection, value: SavedSearch) -> None:
    """Keep a new search. Raises ``ConflictError`` where its partner has one of this name."""
    connection.execute(insert(saved_search).values(asdict(value)))


def searches(connection: Connection, partner_id: str) -> list[SavedSearch]:
    """List a partner's searches by name."""
    statement = select(saved_search).where(_SS.partner_id == partner_id)
    return sorted((SavedSearch(*row) for row in connection.execute(statement)), key=lambda one: one.name)


def search_by_id(connection: Connection, partner_id: str, search_id: str) -> SavedSearch | None:
    """Give one search of a partner's, None if it has none of this id."""
    mine = and_(_SS.search_id == search_id, _SS.partner_id == partner_id)
    row = connection.execute(select(saved_search).where(mine)).one_or_none()
    return None if row is None else SavedSearch(*row)


def mark_seen(connection: Connection, search_id: str, position: int, now: datetime) -> None:
    """Remember up to where a search was seen; never back."""
    connection.execute(update(saved_search).where(_SS.search_id == search_id, _SS.position < position).values(position=position))
    connection.execute(update(saved_search).where(_SS.search_id == search_id).values(seen_at=now))


def remove_search(connection: Connection, search_id: str) -> None:
    """Erase a search."""
    connection.execute(delete(saved_search).where(_SS.search_id == search_id))


def remove_searches_of(connection: Connection, partner_id: str) -> None:
    """Erase all searches of a partner."""
    connection.execute(delete(saved_search).where(_SS.partner_id == partner_id))
