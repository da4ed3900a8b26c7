"""How partners belong together: whose part one is, and whose client.

Parts of one organisation count as one, and nobody disputes, reviews or corroborates itself; by clients nothing is decided yet.
Kept by ``tests/storage/test_organisations.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.storage.tables import client, partner


def parents(connection: Connection) -> dict[str, str]:
    """Give the parent of each partner that has one."""
    rows = connection.execute(select(partner.c.partner_id, partner.c.parent_id).where(partner.c.parent_id.is_not(None)))
    return {row.partner_id: row.parent_id for row in rows}


def set_parent(connection: Connection, partner_id: str, parent_id: str | None) -> None:
    """Keep whose part a partner is; None: it stands alone."""
    connection.execute(update(partner).where(partner.c.partner_id == partner_id).values(parent_id=parent_id))


def clients(connection: Connection) -> dict[str, frozenset[str]]:
    """Give of each partner that is a client the partners whose client it is."""
    found: dict[str, frozenset[str]] = {}
    for row in connection.execute(select(client.c.partner_id, client.c.client_of)):
        found[row.partner_id] = found.get(row.partner_id, frozenset()) | {row.client_of}
    return found


def set_client_of(connection: Connection, partner_id: str, client_of: Collection[str], now: datetime) -> None:
    """Keep whose client a partner is, these and no others; what stays keeps its date."""
    known = clients(connection).get(partner_id, frozenset())
    ended = known.difference(client_of)
    connection.execute(delete(client).where(client.c.partner_id == partner_id, client.c.client_of.in_(ended)))
    for one in sorted(set(client_of) - known):
        connection.execute(insert(client).values(partner_id=partner_id, client_of=one, since=now))
