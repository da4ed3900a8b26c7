"""What second readers take to read: which draft is whose for a while, counts of a day, and an organisation's limits.

Kept by ``tests/storage/test_reading_loads.py``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.reading_load import COUNTS_LAST, ReadingLimits, ReadingLoad
from app.storage.tables import draft_taken, reading_limit, reading_load


def take_draft(connection: Connection, draft_id: str, person_id: str, until: datetime) -> None:
    """Let a draft be a person's to read until a moment, whoever had it before."""
    connection.execute(delete(draft_taken).where(draft_taken.c.draft_id == draft_id))
    connection.execute(insert(draft_taken).values(draft_id=draft_id, person_id=person_id, until=until))


def let_go(connection: Connection, draft_id: str, person_id: str) -> None:
    """Let a draft that a person took be anybody's again."""
    mine = (draft_taken.c.draft_id == draft_id) & (draft_taken.c.person_id == person_id)
    connection.execute(delete(draft_taken).where(mine))


def takers(connection: Connection, draft_ids: Collection[str], now: datetime) -> dict[str, str]:
    """Give which of these drafts somebody is reading now, with the reader's id."""
    where = draft_taken.c.draft_id.in_(draft_ids) & (draft_taken.c.until > now)
    rows = connection.execute(select(draft_taken.c.draft_id, draft_taken.c.person_id).where(where))
    return {row.draft_id: row.person_id for row in rows}


def load_of(connection: Connection, person_id: str, now: datetime) -> ReadingLoad:
    """Give what a person took today."""
    day = now.date().isoformat()
    where = (reading_load.c.person_id == person_id) & (reading_load.c.day == day)
    row = connection.execute(select(reading_load).where(where)).one_or_none()
    return (ReadingLoad(person_id, day) if row is None else ReadingLoad(**row._asdict())).now(now)


def save_load(connection: Connection, value: ReadingLoad) -> None:
    """Keep what a person took on a day."""
    row = asdict(value)
    where = (reading_load.c.person_id == value.person_id) & (reading_load.c.day == value.day)
    if not connection.execute(update(reading_load).where(where).values(**row)).rowcount:
        connection.execute(insert(reading_load).values(**row))


def forget_loads(connection: Connection, now: datetime) -> int:
    """Forget counts of days past, and what was taken and lapsed. Gives how many counts."""
    connection.execute(delete(draft_taken).where(draft_taken.c.until <= now))
    before = (now - COUNTS_LAST).date().isoformat()
    return connection.execute(delete(reading_load).where(reading_load.c.day < before)).rowcount


def limits_of(connection: Connection, partner_id: str) -> ReadingLimits:
    """Give the limits that an organisation set, or those that hold where it set none."""
    row = connection.execute(select(reading_limit).where(reading_limit.c.partner_id == partner_id)).one_or_none()
    if row is None:
        return ReadingLimits()
    return ReadingLimits(row.items_a_day, row.break_after_items, row.break_after_minutes)


def save_limits(connection: Connection, partner_id: str, value: ReadingLimits) -> None:
    """Keep an organisation's limits."""
    connection.execute(delete(reading_limit).where(reading_limit.c.partner_id == partner_id))
    connection.execute(insert(reading_limit).values(partner_id=partner_id, **asdict(value)))
