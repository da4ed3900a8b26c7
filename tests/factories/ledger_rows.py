"""What the ledger of disclosures has: the newest row, and the rows of versions by their ids, to compare both."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.storage.disclosures import decode_versions
from app.storage.tables import disclosure, object_version
from tests.factories.exchanges import RunningExchange


@dataclass(frozen=True)
class Row:
    """A row: its number (0: there is none yet), how much was given, and of which versions."""

    number: int
    extent: str | None
    version_ids: frozenset[int]


def newest_row(running: RunningExchange) -> Row:
    """Give the newest row."""
    with running.exchange.database.look() as connection:
        row = connection.execute(select(disclosure).order_by(disclosure.c.disclosure_id.desc()).limit(1)).one_or_none()
    return (
        Row(0, None, frozenset()) if row is None else Row(row.disclosure_id, row.extent, frozenset(decode_versions(row.versions)))
    )


def count_of_rows(running: RunningExchange) -> int:
    """Give how many rows there are."""
    with running.exchange.database.look() as connection:
        return int(connection.execute(select(func.count()).select_from(disclosure)).scalar_one())


def version_ids_of(running: RunningExchange, *stix_ids: str) -> frozenset[int]:
    """Give all versions that are stored under these ids."""
    with running.exchange.database.look() as connection:
        rows = connection.execute(select(object_version.c.version_id).where(object_version.c.stix_id.in_(stix_ids)))
        return frozenset(rows.scalars())
