"""Keys of sharing groups under seal, who fetched them, and how long a group's keys last.

Owns the rows; who may have a key and when the next begins is policy's. Whoever writes holds the order lock, so that a group has
one current key. Kept by ``tests/storage/test_group_keys.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.group_key import USUAL_EPOCH_DAYS, EpochCause, GroupKey
from app.storage.tables import group_key, group_key_holder, group_key_terms

_KEY = [group_key.c[one.name] for one in fields(GroupKey)]


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """For how many days each of a group's keys lasts, and the number of the newest epoch there ever was."""

    epoch_days: int = USUAL_EPOCH_DAYS
    newest: int = 0


def terms_of(connection: Connection, group_id: str) -> KeyTerms:
    """Give how long a group's keys last; the usual where nobody said."""
    asked = select(group_key_terms.c.epoch_days, group_key_terms.c.newest).where(group_key_terms.c.group_id == group_id)
    row = connection.execute(asked).one_or_none()
    return KeyTerms() if row is None else KeyTerms(*row)


def save_terms(connection: Connection, group_id: str, terms: KeyTerms) -> None:
    """Keep how long a group's keys last, and which epoch is the newest."""
    connection.execute(delete(group_key_terms).where(group_key_terms.c.group_id == group_id))
    connection.execute(insert(group_key_terms).values(group_id=group_id, **asdict(terms)))


def keys_of(connection: Connection, group_id: str) -> list[GroupKey]:
    """List the keys of a group that are kept, oldest first."""
    rows = connection.execute(select(*_KEY).where(group_key.c.group_id == group_id).order_by(group_key.c.number))
    return [_key(row) for row in rows]


def current_key(connection: Connection, group_id: str) -> GroupKey | None:
    """Give the key of a group that has not ended, None where it has none."""
    row = connection.execute(select(*_KEY).where(group_key.c.group_id == group_id, group_key.c.ended_at.is_(None))).one_or_none()
    return None if row is None else _key(row)


def current_keys(connection: Connection) -> list[GroupKey]:
    """List the current keys of all groups."""
    asked = select(*_KEY).where(group_key.c.ended_at.is_(None)).order_by(group_key.c.group_id)
    return [_key(row) for row in connection.execute(asked)]


def all_keys(connection: Connection) -> list[GroupKey]:
    """List all keys that are kept."""
    return [_key(row) for row in connection.execute(select(*_KEY).order_by(group_key.c.group_id, group_key.c.number))]


def add_key(connection: Connection, value: GroupKey) -> None:
    """Keep a new key."""
    connection.execute(insert(group_key).values(asdict(value)))


def end_key(connection: Connection, value: GroupKey, now: datetime) -> None:
    """Have a key be the current one no more."""
    connection.execute(update(group_key).where(*_this(value)).values(ended_at=now))


def seal_anew(connection: Connection, value: GroupKey, sealed: str) -> None:
    """Keep a key under another seal."""
    connection.execute(update(group_key).where(*_this(value)).values(sealed=sealed))


def drop_key(connection: Connection, value: GroupKey) -> None:
    """Erase a key, and who had it."""
    here = group_key_holder.c
    connection.execute(delete(group_key_holder).where(here.group_id == value.group_id, here.number == value.number))
    connection.execute(delete(group_key).where(*_this(value)))


def drop_keys_of(connection: Connection, group_id: str) -> None:
    """Erase all keys of a group."""
    for table in (group_key_holder, group_key, group_key_terms):
        connection.execute(delete(table).where(table.c.group_id == group_id))


def ended_before(connection: Connection, moment: datetime) -> list[GroupKey]:
    """List keys that ended before a moment."""
    return [_key(row) for row in connection.execute(select(*_KEY).where(group_key.c.ended_at < moment))]


def holders_of(connection: Connection, value: GroupKey) -> frozenset[str]:
    """Give the partners that fetched a key."""
    here = group_key_holder.c
    asked = select(here.partner_id).where(here.group_id == value.group_id, here.number == value.number)
    return frozenset(connection.execute(asked).scalars())


def fetched_by(connection: Connection, group_id: str, partner_id: str) -> frozenset[int]:
    """Give the numbers of the keys of a group that a partner has fetched."""
    here = group_key_holder.c
    asked = select(here.number).where(here.group_id == group_id, here.partner_id == partner_id)
    return frozenset(connection.execute(asked).scalars())


def count_fetch(connection: Connection, group_id: str, numbers: Collection[int], partner_id: str, now: datetime) -> None:
    """Count that a partner fetched these keys. The order lock must be held."""
    here = group_key_holder.c
    before = fetched_by(connection, group_id, partner_id)
    mine = (here.group_id == group_id) & (here.partner_id == partner_id) & here.number.in_(sorted(numbers))
    connection.execute(update(group_key_holder).where(mine).values(last_at=now, fetches=here.fetches + 1))
    row = {"group_id": group_id, "partner_id": partner_id, "first_at": now, "last_at": now, "fetches": 1}
    new = [row | {"number": one} for one in sorted(set(numbers) - before)]
    if new:
        connection.execute(insert(group_key_holder), new)


def fetches(connection: Connection, group_id: str) -> Mapping[int, Mapping[str, int]]:
    """Give for each key of a group how often each partner fetched it."""
    here = group_key_holder.c
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = connection.execute(select(here.number, here.partner_id, here.fetches).where(here.group_id == group_id))
    for number, partner_id, count in rows:
        found[number][partner_id] = count
    return dict(found)


def _this(value: GroupKey) -> tuple[Any, Any]:
    return group_key.c.group_id == value.group_id, group_key.c.number == value.number


def _key(row: Any) -> GroupKey:
    values = row._asdict()
    return GroupKey(**values | {"cause": EpochCause(values["cause"])})
