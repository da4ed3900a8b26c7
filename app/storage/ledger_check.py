"""What stands beside the rows of the ledger, and the versions of the directory, as whoever checks them reads them.

Owns statements that walk everything; what must hold between the rows is ``services.checking``'s. Kept by
``tests/storage/test_ledger_check.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from app.storage.tables import disclosure_owner, key_directory, object_version


def owners_between(connection: Connection, first: int, last: int) -> dict[int, set[str]]:
    """Give whose versions the rows ``first`` to ``last`` of the ledger are said to hold, by the row's number."""
    number = disclosure_owner.c.disclosure_id
    found: dict[int, set[str]] = defaultdict(set)
    for owner_id, disclosure_id in connection.execute(
        select(disclosure_owner.c.owner_id, number).where(number >= first, number <= last)
    ):
        found[disclosure_id].add(owner_id)
    return found


def owners_of_versions(connection: Connection, first: int, beyond: int) -> dict[int, str]:
    """Give whose the versions with these row ids are."""
    ov = object_version.c
    rows = connection.execute(select(ov.version_id, ov.owner_id).where(ov.version_id >= first, ov.version_id < beyond))
    names: dict[str, str] = {}
    return {version_id: names.setdefault(owner_id, owner_id) for version_id, owner_id in rows}


def all_directories(connection: Connection) -> Iterator[Any]:
    """Give the versions of the key directory in their order, one at a time: each may be large."""
    after = -1
    while True:
        newer = select(key_directory).where(key_directory.c.version > after).order_by(key_directory.c.version).limit(1)
        row = connection.execute(newer).one_or_none()
        if row is None:
            return
        yield row
        after = row.version
