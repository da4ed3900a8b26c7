"""Keeps the tables of requests between partners."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import partner_request_tables
from app.storage.tables import metadata


def test_every_table_of_requests_is_among_all_tables() -> None:
    own = {table.name for table in vars(partner_request_tables).values() if isinstance(table, Table)}
    assert own
    assert own <= metadata.tables.keys()
