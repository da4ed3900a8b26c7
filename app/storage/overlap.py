"""Tokens that partners registered within sharing groups, and who else registered the same.

Tokens come as digests (``services.overlapping``). Who may be told is the callers': they name whose rows count. Kept by
``tests/storage/test_overlap.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, or_, select

from app.domain.overlap import Holding, HoldingCount
from app.storage.batches import batches
from app.storage.tables import group_member, overlap_token

_HOLDING = [overlap_token.c[name] for name in Holding.__slots__]


def put_holdings(connection: Connection, holdings: Collection[Holding]) -> None:
    """Keep what one partner registers in one group; what it had registered under the same tokens is replaced."""
    if not holdings:
        return
    some = next(iter(holdings))
    remove_holdings(connection, some.partner_id, some.group_id, [one.digest for one in holdings])
    connection.execute(insert(overlap_token), [asdict(one) for one in holdings])


def remove_holdings(connection: Connection, partner_id: str, group_id: str, digests: Iterable[bytes] | None = None) -> int:
    """Erase what a partner registered in a group under these tokens (None: all of it). Gives how many there were."""
    ot = overlap_token.c
    statement = delete(overlap_token).where(ot.partner_id == partner_id, ot.group_id == group_id)
    if digests is None:
        return connection.execute(statement).rowcount
    return sum(connection.execute(statement.where(ot.digest.in_(some))).rowcount for some in batches(list(digests)))


def holding_counts(connection: Connection, partner_id: str) -> list[HoldingCount]:
    """Give how many tokens a partner has registered, by group, epoch and end."""
    ot = overlap_token.c
    statement = (
        select(ot.group_id, ot.epoch, ot.until, func.count())
        .where(ot.partner_id == partner_id)
        .group_by(ot.group_id, ot.epoch, ot.until)
        .order_by(ot.group_id, ot.until, ot.epoch)
    )
    return [HoldingCount(*row) for row in connection.execute(statement)]


def count_holdings(connection: Connection, partner_id: str) -> int:
    """Give how many tokens a partner has registered in all groups."""
    counted: int = connection.execute(
        select(func.count()).select_from(overlap_token).where(overlap_token.c.partner_id == partner_id)
    ).scalar_one()
    return counted


def held_by_others(
    connection: Connection, group_id: str, digests: Collection[bytes], holders: Collection[str], now: datetime
) -> dict[bytes, list[Holding]]:
    """Give what these holders registered in a group under these tokens, and what still stands. Any number of them: one look."""
    ot = overlap_token.c
    found: dict[bytes, list[Holding]] = defaultdict(list)
    for some in batches(sorted(digests)):
        statement = select(*_HOLDING).where(ot.group_id == group_id, ot.digest.in_(some), ot.until > now).order_by(ot.partner_id)
        for row in connection.execute(statement):
            one = Holding(*row)
            if one.partner_id in holders:
                found[one.digest].append(one)
    return dict(found)


def drop_lapsed(connection: Connection, now: datetime) -> int:
    """Erase what has lapsed, and what was registered in groups that its holder is not in any more. Gives how many rows."""
    ot, gm = overlap_token.c, group_member.c
    is_member = exists().where(gm.group_id == ot.group_id, gm.partner_id == ot.partner_id)
    return connection.execute(delete(overlap_token).where(or_(ot.until <= now, ~is_member))).rowcount


def drop_of(connection: Connection, partner_id: str) -> int:
    """Erase all that a partner registered. Gives how many rows there were."""
    return connection.execute(delete(overlap_token).where(overlap_token.c.partner_id == partner_id)).rowcount
