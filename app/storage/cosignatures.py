"""Cosignatures of witnesses: one line below a checkpoint, one of each partner for each size. Rows are only added.

Does not verify what a line says. Kept by ``tests/storage/test_cosignatures.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from app.domain.vocabulary import KeyState
from app.storage.tables import cosignature, partner_key

MOST_LINES = 60
"""So many are given below a checkpoint, the first that came: a signed note has 64 lines at most, two of them the exchange's."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's line below the checkpoint of ``tree_size`` leaves: whose, of which key, when it says so, when it came."""

    tree_size: int
    partner_id: str
    keyid: str
    line: str
    cosigned_at: datetime
    received_at: datetime


_COLUMNS = [cosignature.c[name] for name in Cosignature.__dataclass_fields__]


def add_cosignature(connection: Connection, value: Cosignature) -> None:
    """Keep a cosignature; the caller holds the order lock, and there is none of this partner for this size."""
    connection.execute(insert(cosignature).values(asdict(value)))


def find_cosignature(connection: Connection, tree_size: int, partner_id: str) -> Cosignature | None:
    """Give a partner's cosignature of one size; None without one."""
    where = (cosignature.c.tree_size == tree_size) & (cosignature.c.partner_id == partner_id)
    row = connection.execute(select(*_COLUMNS).where(where)).one_or_none()
    return None if row is None else Cosignature(*row)


def lines_below(connection: Connection, tree_size: int, first: Collection[str] = ()) -> list[str]:
    """List the lines below the checkpoint of a size in the order in which they came, ``MOST_LINES`` at most.

    Those of the keys ``first`` (ids) come before others, so that however many cosign, nobody takes their place.
    """
    statement = (
        select(cosignature.c.line)
        .where(cosignature.c.tree_size == tree_size)
        .order_by(cosignature.c.keyid.not_in(first), cosignature.c.received_at, cosignature.c.partner_id)
        .limit(MOST_LINES)
    )
    return list(connection.execute(statement).scalars())


def newest_size(connection: Connection, witnesses: int, among: Collection[str] = ()) -> int | None:
    """Give the largest size that so many partners (1 or more) cosigned with keys that were not stolen; None without one.

    With ``among`` only cosignatures of keys with these ids count.
    """
    counts = partner_key.c.state != KeyState.COMPROMISED
    statement = (
        select(cosignature.c.tree_size)
        .join(partner_key, partner_key.c.keyid == cosignature.c.keyid)
        .where(counts & cosignature.c.keyid.in_(among) if among else counts)
        .group_by(cosignature.c.tree_size)
        .having(func.count() >= witnesses)
        .order_by(cosignature.c.tree_size.desc())
        .limit(1)
    )
    found: int | None = connection.execute(statement).scalar_one_or_none()
    return found
