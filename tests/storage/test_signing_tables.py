"""Keeps the table of what waits for a signature."""

from __future__ import annotations

from sqlalchemy import Table

from app.storage import signing_tables
from app.storage.tables import metadata


def test_every_table_of_signing_is_among_all_tables() -> None:
    own = {table.name for table in vars(signing_tables).values() if isinstance(table, Table)}
    assert own == {"signing_task"}
    assert own <= metadata.tables.keys()


def test_what_is_to_be_signed_can_go_while_its_digest_stays() -> None:
    assert signing_tables.signing_task.c.document.nullable
    assert not signing_tables.signing_task.c.digest.nullable
