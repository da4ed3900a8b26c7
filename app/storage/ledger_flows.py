"""How many answers of the ledger held something of whom, and went to whom: counts by partner, of the newest rows alone.

Each statement is bounded by the ledger's own numbers, so that it costs the same however old the ledger is. Kept by
``tests/storage/test_ledger_flows.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.storage.tables import disclosure, disclosure_owner


@dataclass(frozen=True, slots=True)
class Given:
    """So many answers with something of an owner's went to a reader."""

    owner_id: str
    reader_id: str
    answers: int


def answers_given(connection: Connection, owner_ids: Collection[str], since: datetime, most: int) -> tuple[list[Given], bool]:
    """Count answers since then with something of these owners, by owner and reader, of each owner its ``most`` newest.

    Gives the counts, and whether there are more than were counted. What somebody reads of its own counts nowhere.
    """
    given: list[Given] = []
    is_cut = False
    for owner_id in sorted(owner_ids):
        counts, looked_at = _of_one(connection, owner_id, since, most)
        given += [one for one in counts if one.reader_id != owner_id]
        is_cut = is_cut or looked_at >= most
    return given, is_cut


def _of_one(connection: Connection, owner_id: str, since: datetime, most: int) -> tuple[list[Given], int]:
    d, do = disclosure.c, disclosure_owner.c
    newest = select(do.disclosure_id).where(do.owner_id == owner_id).order_by(do.disclosure_id.desc()).limit(most).subquery()
    counted = (
        select(d.partner_id, func.count())
        .select_from(newest.join(disclosure, d.disclosure_id == newest.c.disclosure_id))
        .where(d.disclosed_at >= since)
        .group_by(d.partner_id)
        .order_by(d.partner_id)
    )
    found = [Given(owner_id, reader_id, answers) for reader_id, answers in connection.execute(counted)]
    return found, sum(one.answers for one in found)
